"""`parcelhook import`: what vendors answer to a GET of all webhooks becomes webhooks here."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest

from cli.profiles import Profile, write_profiles
from parcelhook.model.account import Mode
from parcelhook.security.api_keys import KeyStyle
from tests.functional.cli.conftest import Terminal, in_process

LISTS = Path(__file__).parent / "lists"
URL = "https://example.com/hook"


def imported(terminal: Terminal, *arguments: str, typed: str | None = None, code: int = 0) -> dict[str, Any]:
    """What an import that ends with `code` answers."""
    result = terminal.run("import", *arguments, "--json", typed=typed)
    assert (result.exit_code, result.stderr) == (code, "")
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def fates(answer: dict[str, Any]) -> list[str]:
    return [each["fate"] for each in answer["webhooks"]]


def here(terminal: Terminal, *options: str) -> list[dict[str, Any]]:
    """All webhooks, by their URLs: all are as old as each other."""
    found: list[dict[str, Any]] = terminal.answered("webhooks", "list", *options)["subscriptions"]
    return sorted(found, key=lambda each: (each["dialect"], each["url"]))


def path(name: str) -> str:
    return str(LISTS / name)


@pytest.fixture
def test_key(terminal: Terminal) -> str:
    """The profile `test`, with a test key of the same account."""
    key = terminal.system.new_key(terminal.account_id, KeyStyle.SHIPPO, Mode.TEST)
    write_profiles({"test": Profile(base_url="https://api.example.com", key=key)})
    return "test"


def test_list_of_shipengine(terminal: Terminal) -> None:
    answer = imported(terminal, path("shipengine.json"))
    assert fates(answer) == ["imported"] * 3
    assert [each["name"] for each in answer["webhooks"]] == ["webhook 5517", "webhook 5515", "webhook 5516"]
    batch, rate, track = here(terminal)
    assert (batch["dialect"], batch["event"], batch["url"]) == (
        "shipengine",
        "batch",
        "https://your-server.com/listener/batch",
    )
    assert (rate["event"], rate["enabled"]) == ("rate", True)
    assert (track["headers"], track["dialect_fields"]) == ({"X-Shop": "7"}, {"name": "Tracking", "store_id": 12})


def test_pages_of_shippo_live_and_test(terminal: Terminal, test_key: str) -> None:
    pages = path("shippo.page1.json"), path("shippo.page2.json")
    answer = imported(terminal, *pages, "--test-profile", test_key)
    assert fates(answer) == ["imported"] * 3
    assert [(each["event"], each["enabled"]) for each in here(terminal)] == [("all", False), ("track_updated", True)]
    [test] = here(terminal, "--profile", test_key)
    assert (test["event"], test["mode"]) == ("transaction_created", "test")


def test_test_webhooks_are_told_of_where_there_is_no_test_key(terminal: Terminal) -> None:
    answer = imported(terminal, path("shippo.page1.json"), path("shippo.page2.json"), code=1)
    assert fates(answer) == ["imported", "imported", "other_mode"]
    assert answer["webhooks"][2]["reason"] == "It needs a test key."


def test_page_that_is_missing_is_told_of(terminal: Terminal) -> None:
    answer = imported(terminal, path("shippo.page1.json"), code=1)
    assert (fates(answer), answer["on_missing_pages"]) == (["imported"] * 2, 1)


def test_list_of_ehub(terminal: Terminal) -> None:
    answer = imported(terminal, path("ehub.json"), code=1)
    assert fates(answer) == ["imported", "imported", "refused"]
    tracking, payments, basic = answer["webhooks"]
    assert tracking["notes"] == ["It is signed with a new secret, since the list does not tell the old one."]
    assert payments["notes"] == ["Failures had disabled it; it is switched off here."]
    assert "http_username and http_password" in basic["reason"]
    second, first = here(terminal)
    assert (first["dialect_fields"]["payload_format"], first["enabled"]) == ("xml", True)
    assert (second["event"], second["enabled"]) == ("payment_status", False)


def test_credentials_that_were_added_to_a_list_of_ehub_are_taken(terminal: Terminal) -> None:
    entry = json.loads((LISTS / "ehub.json").read_text())["subscriptions"][2]
    entry |= {"http_username": "me", "http_password": "opens-the-door"}
    result = terminal.run("import", "-", "--json", typed=json.dumps({"subscriptions": [entry]}))
    assert (result.exit_code, fates(json.loads(result.stdout))) == (0, ["imported"])
    assert "opens-the-door" not in result.stdout
    [basic] = here(terminal)
    assert (basic["dialect_fields"]["auth_type"], basic["enabled"]) == ("http_basic", False)


@pytest.mark.parametrize("name", ["shipengine.json", "shippo.page1.json", "ehub.json"])
def test_second_import_makes_nothing(terminal: Terminal, name: str) -> None:
    first = terminal.run("import", path(name), "--json")
    before = here(terminal)
    second = terminal.run("import", path(name), "--json")
    assert second.exit_code == first.exit_code
    assert here(terminal) == before
    counted = Counter(fates(json.loads(second.stdout)))
    assert counted["imported"] == 0
    assert counted["there_already"] == len(before)


@pytest.mark.parametrize("name", ["shipengine.json", "shippo.page1.json", "ehub.json"])
def test_dry_run_tells_what_would_be_done_and_makes_nothing(terminal: Terminal, name: str) -> None:
    told = json.loads(terminal.run("import", path(name), "--dry-run", "--json").stdout)
    assert here(terminal) == []
    done = json.loads(terminal.run("import", path(name), "--json").stdout)
    assert [fate.replace("would_be_imported", "imported") for fate in fates(told)] == fates(done)


def test_conflict_names_the_webhook_that_has_the_event(terminal: Terminal) -> None:
    holder = terminal.answered("webhooks", "create", "shipengine", "rate", URL)["id"]
    answer = imported(terminal, path("shipengine.json"), code=1)
    assert fates(answer) == ["imported", "conflict", "imported"]
    assert holder in answer["webhooks"][1]["reason"]
    assert terminal.answered("webhooks", "show", holder)["url"] == URL


def test_conflict_with_a_webhook_that_came_meanwhile_is_told_in_the_vendors_words(terminal: Terminal) -> None:
    answered = in_process(terminal.system)

    def race(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            answered.handle_request(
                httpx.Request("POST", request.url, headers=request.headers, content=request.content)
            )
        return answered.handle_request(request)

    terminal.transport = httpx.MockTransport(race)
    answer = imported(terminal, "-", typed=(LISTS / "shipengine.json").read_text(), code=1)
    assert fates(answer) == ["conflict"] * 3
    assert "only one is possible for each event" in answer["webhooks"][0]["reason"]


@pytest.mark.parametrize(
    "entries",
    [
        [{"webhook_id": "1", "event": "track", "url": "http://10.0.0.1/"}],
        {"results": [{"object_id": "1", "event": "all", "url": "http://10.0.0.1/"}]},
        {"subscriptions": [{"id": 1, "subscription_type": "order", "url": "http://10.0.0.1/"}]},
    ],
    ids=["shipengine", "shippo", "ehub"],
)
def test_url_that_may_not_be_called_is_told_with_its_reason(terminal: Terminal, entries: object) -> None:
    [result] = imported(terminal, "-", typed=json.dumps(entries), code=1)["webhooks"]
    assert result["fate"] == "refused"
    assert result["reason"].startswith("url: ")
    assert here(terminal) == []


def test_webhooks_that_cannot_be_understood_are_named_and_the_others_made(terminal: Terminal) -> None:
    entries = [
        {"webhook_id": "1", "event": "track_event_v2", "url": URL},
        {"webhook_id": "2", "event": "track"},
        {"webhook_id": "3", "event": "track", "url": URL},
    ]
    answer = imported(terminal, "-", typed=json.dumps(entries), code=1)
    assert fates(answer) == ["refused", "refused", "imported"]
    assert [each["reason"] for each in answer["webhooks"][:2]] == [
        "shipengine has no event track_event_v2 here.",
        "The list does not tell its url.",
    ]


def test_people_are_told_in_a_table_with_what_to_do(terminal: Terminal) -> None:
    result = terminal.run("import", path("ehub.json"))
    assert "webhook 14 is not imported: " in result.stdout
    assert "`parcelhook webhooks secret ID`" in result.stdout
    assert result.stdout.endswith("2 imported, 0 there already, 1 not imported.\n")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("HTTP/2 200\n\n[]", "without the -i of curl"),
        ('{"errors": []}', "no list of webhooks"),
        ("\n", "nothing in the list"),
        ('{"results": 7}', "no list of webhooks"),
    ],
)
def test_what_is_no_list_is_said_in_a_sentence(terminal: Terminal, typed: str, said: str) -> None:
    result = terminal.run("import", "-", typed=typed)
    assert result.exit_code == 1
    assert said in result.stderr


def test_list_of_another_dialect_than_named_is_refused(terminal: Terminal) -> None:
    result = terminal.run("import", path("shippo.page1.json"), "--dialect", "ehub")
    assert result.exit_code == 1
    assert "no list as ehub answers it" in result.stderr
    assert terminal.run("import", path("ehub.json"), "--dialect", "acme").exit_code == 2


def test_empty_list_is_done_at_once(terminal: Terminal) -> None:
    assert terminal.said("import", "-", typed="[]") == "0 imported, 0 there already, 0 not imported.\n"


def test_import_that_is_interrupted_tells_how_far_it_came_and_goes_on_when_given_again(terminal: Terminal) -> None:
    answered = in_process(terminal.system)
    posts = iter(range(10))

    def lose_second(request: httpx.Request) -> httpx.Response:
        if request.method == "POST" and next(posts) == 1:
            raise httpx.ConnectError("connection refused")
        return answered.handle_request(request)

    terminal.transport = httpx.MockTransport(lose_second)
    result = terminal.run("import", path("shipengine.json"), "--json")
    assert (result.exit_code, fates(json.loads(result.stdout))) == (1, ["imported"])
    assert "can be given again" in result.stderr
    assert fates(imported(terminal, path("shipengine.json"))) == ["there_already", "imported", "imported"]


def test_export_is_imported_into_another_account_as_it_was(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("shipengine.json", "shippo.page1.json"):
        terminal.run("import", path(name))
    xml = {"id": 1, "subscription_type": "order", "url": URL, "payload_format": "xml", "auth_type": "hmac"}
    imported(terminal, "-", typed=json.dumps({"subscriptions": [xml]}))
    terminal.said("webhooks", "disable", named(here(terminal), "rate")["id"])
    change(terminal, named(here(terminal), "track_updated")["id"])
    before, exported = here(terminal), terminal.said("export")
    assert [each["enabled"] for each in before] == [True, True, False, True, False, True]
    monkeypatch.setenv("PARCELHOOK_KEY", terminal.system.new_key(terminal.system.new_account(), KeyStyle.EHUB))
    assert fates(imported(terminal, "-", typed=exported)) == ["imported"] * len(before)
    assert [settings(each) for each in here(terminal)] == [settings(each) for each in before]
    assert fates(imported(terminal, "-", typed=exported)) == ["there_already"] * len(before)


def test_masked_header_of_an_export_is_told_of(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal.said("webhooks", "create", "shippo", "all", URL, "--header", "X-Token: t", "--header", "X-Shop: 7")
    exported = terminal.said("export")
    monkeypatch.setenv("PARCELHOOK_KEY", terminal.system.new_key(terminal.system.new_account(), KeyStyle.EHUB))
    [result] = imported(terminal, "-", typed=exported)["webhooks"]
    assert "The export masks its header X-Token." in result["notes"]
    assert here(terminal)[0]["headers"] == {"X-Shop": "7"}


def test_subscription_of_an_export_that_cannot_be_made_as_it_was_is_not_made(terminal: Terminal) -> None:
    line = {
        "kind": "subscription",
        "dialect": "shippo",
        "event": "all",
        "mode": "live",
        "url": URL,
        "rate_limit": {"per_second": -1},
    }
    [result] = imported(terminal, "-", typed=json.dumps(line) + "\n", code=1)["webhooks"]
    assert result["fate"] == "refused"
    assert here(terminal) == []


def named(subscriptions: list[dict[str, Any]], event: str) -> dict[str, Any]:
    return next(each for each in subscriptions if each["event"] == event)


def change(terminal: Terminal, subscription_id: str) -> None:
    wanted = {
        "retry_policy": {"attempts": 5, "interval_seconds": 60},
        "rate_limit": {"per_second": 2.0},
        "milestones": ["delivered"],
        "drop_superseded": True,
    }
    key = terminal.system.new_key(terminal.account_id, KeyStyle.SHIPENGINE)
    answer = terminal.system.call("PATCH", f"/v1/subscriptions/{subscription_id}", {"api-key": key}, wanted)
    assert answer.status == 200


def settings(subscription: dict[str, Any]) -> dict[str, Any]:
    """What somebody chose."""
    apart = {"id", "created_at", "updated_at"}
    return {name: value for name, value in subscription.items() if name not in apart}
