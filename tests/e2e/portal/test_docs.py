"""`/docs` in a browser: all of the API is shown, found and opened, by our own files only."""

import httpx
from playwright.sync_api import expect

from local.testing import RunningStack
from tests.e2e.portal.portal import Portal


def open_docs(visitor: Portal, stack: RunningStack) -> None:
    visitor.page.goto(f"{stack.state['base_url']}/docs")
    expect(visitor.page.get_by_role("heading", name="Parcelhook API")).to_be_visible()


def test_every_path_and_webhook_is_shown(visitor: Portal, stack: RunningStack) -> None:
    open_docs(visitor, stack)
    api = httpx.get(f"{stack.state['base_url']}/openapi.json", timeout=20).json()
    shown = set(visitor.page.locator(".operation > summary code").all_inner_texts())
    paths = set(api["paths"]) - {"/"}
    spellings = {path for path in paths if path.endswith("/") or path.startswith(("/v1/webhooks", "/v1/tracks"))}
    assert shown == paths - spellings | {"/"} | set(api["webhooks"])


def test_operation_opens_with_what_it_takes_and_answers(visitor: Portal, stack: RunningStack) -> None:
    open_docs(visitor, stack)
    visitor.page.get_by_role("searchbox").fill("publish events")
    operations = visitor.page.locator(".operation:visible")
    expect(operations).to_have_count(1)
    operations.locator("summary").first.click()
    expect(operations).to_contain_text("1Z999AA10123456784")
    expect(operations).to_contain_text("parcelhook-hops")
    expect(operations).to_contain_text("An event with an id of yours counts once")
    expect(operations.locator(".answer").filter(has_text="Too many events")).to_be_visible()


def test_page_is_open_to_everybody(visitor: Portal, stack: RunningStack) -> None:
    open_docs(visitor, stack)
    visitor.page.locator("#post_v1_events > summary").click()
    expect(visitor.page.locator("#post_v1_events > .answer").first).to_be_visible()
    assert visitor.findings() == []
    assert not visitor.is_wider_than_the_screen()
