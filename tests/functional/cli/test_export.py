import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from parcelhook.model.event import EventType
from tests.functional.cli.conftest import Terminal, in_process

UPDATE = {"tracking_number": "1Z", "carrier": "ups", "status": "in_transit"}
URL = "https://example.com/hook"


def published(terminal: Terminal, count: int) -> list[str]:
    """The ids of new events, a minute apart, oldest first."""
    ids = []
    for _ in range(count):
        ids.append(terminal.system.publish(terminal.account_id, EventType("tracking.updated"), UPDATE))
        terminal.system.clock.forward(minutes=1)
    return ids


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def of_kind(exported: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [line for line in exported if line["kind"] == kind]


def test_export_has_everything_as_the_api_tells_it(terminal: Terminal) -> None:
    terminal.said("webhooks", "create", "ehub", "shipment_tracking", URL)
    ids = published(terminal, 3)
    exported = lines(terminal.said("export"))
    assert [line["kind"] for line in exported] == [
        "export",
        "subscription",
        *["event"] * 3,
        *["delivery"] * 3,
        "end",
    ]
    head, subscription, *_, end = exported
    assert (head["format"], head["account_id"], head["mode"]) == (1, terminal.account_id, "live")
    [told] = terminal.answered("webhooks", "list")["subscriptions"]
    assert subscription == {"kind": "subscription"} | told
    assert subscription["dialect_fields"] == {"payload_format": "json", "auth_type": "hmac"}
    assert [event["id"] for event in of_kind(exported, "event")] == ids[::-1]
    assert [event["data"] for event in of_kind(exported, "event")] == [UPDATE] * 3
    assert [delivery["event_id"] for delivery in of_kind(exported, "delivery")] == ids[::-1]
    assert end["counts"] == {"subscription": 1, "event": 3, "delivery": 3}


def test_export_reads_all_pages(terminal: Terminal) -> None:
    for _ in range(120):
        terminal.system.publish(terminal.account_id, EventType("tracking.updated"), UPDATE)
    assert len(of_kind(lines(terminal.said("export")), "event")) == 120


def test_export_of_a_time_has_the_events_of_it_and_their_deliveries(terminal: Terminal) -> None:
    terminal.said("webhooks", "create", "shippo", "all", URL)
    ids = published(terminal, 4)
    accepted = [terminal.answered("events", "show", each)["accepted_at"] for each in ids]
    exported = lines(terminal.said("export", "--since", accepted[1], "--until", accepted[3]))
    assert [event["id"] for event in of_kind(exported, "event")] == [ids[2], ids[1]]
    assert [delivery["event_id"] for delivery in of_kind(exported, "delivery")] == [ids[2], ids[1]]
    assert (exported[0]["since"], exported[0]["until"]) == (accepted[1], accepted[3])


def test_attempts_are_exported_when_asked_for(terminal: Terminal) -> None:
    terminal.said("webhooks", "create", "shippo", "all", URL)
    published(terminal, 1)
    [plain] = of_kind(lines(terminal.said("export")), "delivery")
    [whole] = of_kind(lines(terminal.said("export", "--attempts")), "delivery")
    assert "attempts" not in plain
    assert [attempt["status_code"] for attempt in whole["attempts"]] == [200]
    assert plain.items() <= whole.items()


def test_no_secret_is_exported(terminal: Terminal) -> None:
    webhook = terminal.answered(
        "webhooks",
        "create",
        "shipengine",
        "track",
        URL,
        "--header",
        "X-Api-Key: opens-the-door",
        "--header",
        "X-Shop: 7",
    )["id"]
    published(terminal, 1)
    secret = terminal.said("webhooks", "secret", webhook).strip()
    told = terminal.said("export", "--attempts")
    assert "opens-the-door" not in told
    assert secret not in told
    assert secret.removeprefix("whsec_") not in told
    [subscription] = of_kind(lines(told), "subscription")
    assert subscription["headers"] == {"X-Api-Key": "********", "X-Shop": "7"}


def test_file_is_whole_and_only_its_owners(terminal: Terminal, tmp_path: Path) -> None:
    published(terminal, 2)
    file = tmp_path / "account.jsonl"
    told = terminal.said("export", "--output", str(file))
    assert told == f"0 subscriptions, 2 events, 0 deliveries are in {file}.\n"
    assert lines(file.read_text())[-1]["kind"] == "end"
    assert file.stat().st_mode & 0o777 == 0o600
    assert terminal.answered("export", "--output", str(file), "--force") == {
        "file": str(file),
        "subscriptions": 0,
        "events": 2,
        "deliveries": 0,
    }


def test_file_that_is_there_is_replaced_only_by_force(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "account.jsonl"
    file.write_text("mine")
    result = terminal.run("export", "--output", str(file))
    assert (result.exit_code, file.read_text()) == (1, "mine")
    assert "--force" in result.stderr


def test_failure_in_the_middle_leaves_the_file_as_it_was(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "account.jsonl"
    file.write_text("mine")

    def revoked(request: httpx.Request) -> None:
        if request.url.path == "/v1/deliveries":
            request.headers["API-Key"] = "revoked"

    terminal.transport = in_process(terminal.system, revoked)
    result = terminal.run("export", "--output", str(file), "--force")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "API key is not accepted" in result.stderr
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["account.jsonl"]
    assert file.read_text() == "mine"


def test_failure_in_the_middle_of_standard_output_has_no_end(terminal: Terminal) -> None:
    def revoked(request: httpx.Request) -> None:
        if request.url.path == "/v1/deliveries":
            request.headers["API-Key"] = "revoked"

    published(terminal, 1)
    terminal.transport = in_process(terminal.system, revoked)
    result = terminal.run("export")
    assert result.exit_code == 1
    assert [line["kind"] for line in lines(result.stdout)] == ["export", "event"]


@pytest.mark.parametrize("option", ["--since", "--until"])
def test_what_is_no_time_is_wrong_usage(terminal: Terminal, option: str) -> None:
    assert terminal.run("export", option, "yesterday").exit_code == 2
