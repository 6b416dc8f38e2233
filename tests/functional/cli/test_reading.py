import json
import os

from cli.client import ApiClient, build_http
from cli.tailing import Tail
from parcelhook.model.event import EventType
from tests.endpoint import answered
from tests.functional.cli.conftest import Terminal

UPDATE = {"tracking_number": "1Z", "carrier": "ups", "status": "in_transit"}


def subscribe(terminal: Terminal) -> str:
    key = own_key()
    answer = terminal.system.call(
        "POST", "/v1/environment/webhooks", {"api-key": key}, {"url": "https://example.com/hook", "event": "track"}
    )
    return str(answer.json["webhook_id"])


def own_key() -> str:
    return os.environ["PARCELHOOK_KEY"]


def publish(terminal: Terminal) -> str:
    return terminal.system.publish(terminal.account_id, EventType("tracking.updated"), UPDATE)


def test_event_and_its_delivery_are_shown(terminal: Terminal) -> None:
    subscription = subscribe(terminal)
    event = publish(terminal)
    [delivery] = terminal.answered("deliveries", "list", "--state", "delivered")["deliveries"]
    assert delivery["subscription_id"] == subscription
    told = terminal.said("events", "show", event)
    assert delivery["id"] in told
    assert '"tracking_number": "1Z"' in told
    assert "200" in terminal.said("deliveries", "show", delivery["id"])


def test_nothing_to_show_is_said(terminal: Terminal) -> None:
    assert terminal.said("events", "list") == "There are no events yet.\n"
    assert terminal.said("deliveries", "list") == "There are no such deliveries.\n"


def test_unknown_event_ends_with_1_and_a_sentence(terminal: Terminal) -> None:
    result = terminal.run("events", "show", "evt_nothing")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "Error: There is no event evt_nothing, or it is not dispatched yet.\n"


def test_tail_tells_each_change_once_retries_of_old_events_too(terminal: Terminal) -> None:
    subscribe(terminal)
    terminal.system.endpoint.answer = lambda _: answered(500)
    with build_http("https://api.example.com", own_key(), terminal.transport) as http:
        tail = Tail(ApiClient(http), {})
        publish(terminal)
        assert [(each["state"], each["attempt_count"]) for each in tail.start()] == [("retrying", 1)]
        assert tail.changes() == []
        terminal.system.next_bucket()
        assert [(each["state"], each["attempt_count"]) for each in tail.changes()] == [("retrying", 2)]
        terminal.system.next_bucket()
        assert [(each["state"], each["attempt_count"]) for each in tail.changes()] == [("discarded", 3)]


def test_tail_as_json_is_a_line_for_each_change(terminal: Terminal) -> None:
    subscribe(terminal)
    publish(terminal)
    publish(terminal)
    lines = terminal.said("tail", "--for", "0", "--json").splitlines()
    assert [json.loads(each)["state"] for each in lines] == ["delivered", "delivered"]


def test_explain_says_why_an_event_did_not_go_to_a_webhook(terminal: Terminal) -> None:
    subscribe(terminal)
    terminal.answered("webhooks", "create", "shipengine", "batch", "https://example.com/hook")
    event = publish(terminal)
    told = terminal.answered("explain", event)
    assert {each["event"]: each["verdict"] for each in told["subscriptions"]} == {
        "track": "delivered",
        "batch": "not_sent",
    }
    assert "not_sent" in terminal.said("explain", event)


def test_delivery_is_retried_by_hand(terminal: Terminal) -> None:
    subscribe(terminal)
    publish(terminal)
    [delivery] = terminal.answered("deliveries", "list")["deliveries"]
    assert "is sent again" in terminal.said("deliveries", "retry", delivery["id"])
    terminal.system.dispatch()
    assert terminal.answered("deliveries", "show", delivery["id"])["attempt_count"] == 2


def test_recover_says_first_what_it_would_do(terminal: Terminal) -> None:
    webhook = subscribe(terminal)
    terminal.system.endpoint.answer = lambda _: answered(500)
    publish(terminal)
    terminal.system.run_out()
    since = "2026-01-01T00:00:00Z"
    dry = terminal.answered("recover", webhook, "--since", since, "--dry-run")
    assert dry["deliveries"] == 1
    started = terminal.answered("recover", webhook, "--since", since, "--no-wait")
    assert started["state"] == "running"


def test_erasing_asks_first(terminal: Terminal) -> None:
    result = terminal.run("events", "erase", "evt_1", typed="n\n")
    assert result.exit_code == 1
    assert "cannot be undone" in result.stdout
