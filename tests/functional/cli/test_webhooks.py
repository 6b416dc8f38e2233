import os

import pytest

from cli.client import ApiClient, build_http
from cli.failures import CommandError
from cli.listen import subscribed
from tests.functional.cli.conftest import Terminal

URL = "https://example.com/hook"


def create(terminal: Terminal, dialect: str = "shipengine", event: str = "track", url: str = URL) -> str:
    return str(terminal.answered("webhooks", "create", dialect, event, url)["id"])


@pytest.mark.parametrize(("dialect", "event"), [("shipengine", "track"), ("shippo", "all"), ("ehub", "order")])
def test_webhook_of_any_dialect_from_creation_to_deletion(terminal: Terminal, dialect: str, event: str) -> None:
    webhook = create(terminal, dialect, event)
    assert terminal.said("webhooks", "disable", webhook) == f"Webhook {webhook} is off.\n"
    assert "off" in terminal.said("webhooks", "list")
    terminal.said("webhooks", "enable", webhook)
    terminal.said("webhooks", "update", webhook, "--url", "https://example.com/other", "--header", "x-shop: 7")
    shown = terminal.answered("webhooks", "show", webhook)
    assert (shown["enabled"], shown["url"]) == (True, "https://example.com/other")
    terminal.said("webhooks", "delete", webhook)
    assert terminal.answered("webhooks", "list") == {"subscriptions": []}


def test_second_webhook_for_an_event_is_refused_in_a_sentence(terminal: Terminal) -> None:
    first = create(terminal)
    result = terminal.run("webhooks", "create", "shipengine", "track", URL)
    assert (result.exit_code, result.stdout) == (1, "")
    assert first in result.stderr


def test_wrong_url_is_refused_by_the_api_and_named(terminal: Terminal) -> None:
    result = terminal.run("webhooks", "create", "shipengine", "track", "http://10.0.0.1/")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: url: ")


def test_header_that_is_none_is_wrong_usage(terminal: Terminal) -> None:
    assert terminal.run("webhooks", "create", "shippo", "all", URL, "--header", "no colon").exit_code == 2


def test_secret_is_shown_when_asked_for_and_rotated(terminal: Terminal) -> None:
    webhook = create(terminal)
    before = terminal.said("webhooks", "secret", webhook).strip()
    told = terminal.said("webhooks", "rotate-secret", webhook)
    assert before.startswith("whsec_")
    assert before not in told
    assert terminal.said("webhooks", "secret", webhook).strip() == told.splitlines()[0]


def test_dialects_tell_their_events(terminal: Terminal) -> None:
    told = terminal.said("webhooks", "dialects")
    assert all(name in told for name in ("shipengine", "shippo", "ehub", "track_updated"))


@pytest.fixture
def api(terminal: Terminal) -> ApiClient:
    return ApiClient(build_http("https://api.example.com", os.environ["PARCELHOOK_KEY"], terminal.transport))


def test_listening_leaves_nothing_behind(terminal: Terminal, api: ApiClient) -> None:
    with subscribed(api, "shipengine", "track", URL, replace=False):
        assert [each["url"] for each in terminal.answered("webhooks", "list")["subscriptions"]] == [URL]
    assert terminal.answered("webhooks", "list") == {"subscriptions": []}


def test_listening_borrows_a_webhook_only_when_told_to(terminal: Terminal, api: ApiClient) -> None:
    webhook = create(terminal)
    with pytest.raises(CommandError, match="--replace"), subscribed(api, "shipengine", "track", URL, replace=False):
        pass
    with subscribed(api, "shipengine", "track", "https://example.com/me", replace=True):
        assert terminal.answered("webhooks", "show", webhook)["url"] == "https://example.com/me"
    assert terminal.answered("webhooks", "show", webhook)["url"] == URL


def test_deployed_stage_cannot_call_this_machine(terminal: Terminal) -> None:
    result = terminal.run("listen", "--forward-to", "http://localhost:3000/")
    assert result.exit_code == 1
    assert "public URL" in result.stderr


@pytest.mark.parametrize("target", ["localhost:3000/hooks", "hooks", "ftp://localhost/", "http://", "http://[::1/"])
def test_listener_that_has_no_http_url_is_wrong_usage(terminal: Terminal, target: str) -> None:
    result = terminal.run("listen", "--forward-to", target)
    assert result.exit_code == 2
    assert "--forward-to" in result.stderr
