"""What an account used, in a terminal."""

import pytest

from parcelhook.model.event import EventType
from tests.functional.cli.conftest import Terminal


def test_usage_of_the_keys_account_is_told_by_day_and_in_all(terminal: Terminal) -> None:
    terminal.said("webhooks", "create", "shippo", "all", "https://example.com/hook")
    terminal.system.publish(
        terminal.account_id,
        EventType.TRACKING_UPDATED,
        {"tracking_number": "1Z9", "carrier": "ups", "status": "in_transit"},
    )

    told = terminal.answered("usage")
    today = terminal.system.clock.now().date().isoformat()
    counted = {"events": 1, "delivered": 1, "discarded": 0, "attempts": 1, "failed": 0}
    assert {name: told["total"][name] for name in counted} == counted
    assert [day["day"] for day in told["days"]] == [today]
    lines = terminal.said("usage").splitlines()
    assert lines[0].split()[:2] == ["DAY", "EVENTS"]
    assert (lines[1].split()[0], lines[-1].startswith("in all")) == (today, True)


def test_days_may_be_chosen(terminal: Terminal) -> None:
    told = terminal.answered("usage", "--since", "2026-01-01", "--until", "2026-01-02")
    assert (told["since"], told["until"], told["days"]) == ("2026-01-01", "2026-01-02", [])


@pytest.mark.parametrize(
    "arguments", [("--account", "acct_1"), ("--since", "yesterday")], ids=["account without a stage", "no day"]
)
def test_wrong_usage_is_told_as_such(terminal: Terminal, arguments: tuple[str, ...]) -> None:
    assert terminal.run("usage", *arguments).exit_code == 2
