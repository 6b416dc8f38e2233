"""API keys and secrets: shown once, copied, rotated."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.e2e.client import Client
from tests.e2e.portal.portal import Portal


def test_key_is_made_shown_once_copied_and_revoked(portal: Portal, shop: Client) -> None:
    page = portal.page
    portal.tab("Keys and secrets")
    page.get_by_role("button", name="Create a live key").click()
    dialog = portal.dialog()
    dialog.get_by_role("button", name="Copy").click()
    portal.said("Copied")
    made = page.evaluate("navigator.clipboard.readText()")
    assert made == dialog.locator("code").inner_text()
    assert shop.get_with_key(made, "/v1/account")["mode"] == "live"
    dialog.get_by_role("button", name="I have it").click()
    assert made not in page.content()
    page.get_by_role("button", name="Revoke the key").click()
    portal.dialog().get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("Revoked", exact=True)).to_be_visible()
    assert [bool(each["revoked_at"]) for each in shop.get("/v1/keys")["keys"]] == [False, True]


@pytest.mark.parametrize("way", ["I have it", "Escape"])
def test_dialog_with_a_key_gives_the_focus_back_and_the_list_is_read_once(portal: Portal, way: str) -> None:
    page = portal.page
    portal.tab("Keys and secrets")
    create = page.get_by_role("button", name="Create a live key")
    expect(page.locator(".key-item")).to_have_count(1)
    create.press("Enter")
    expect(portal.dialog()).to_be_visible()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    if way == "Escape":
        page.keyboard.press(way)
    else:
        portal.dialog().get_by_role("button", name=way).press("Enter")
    expect(create).to_be_focused()
    expect(page.locator("dialog")).to_have_count(0)
    expect(page.locator(".key-item")).to_have_count(2)
    assert asked == ["keys"]


def test_focus_goes_on_when_the_key_is_revoked_that_had_it(portal: Portal, shop: Client) -> None:
    page = portal.page
    for _ in range(3):
        shop.make_key()
    portal.tab("Keys and secrets")
    buttons = page.get_by_role("button", name="Revoke the key")
    expect(buttons).to_have_count(3)
    names = [buttons.nth(number).get_attribute("aria-label") or "" for number in range(3)]
    # To the next one, from the last one to the one before, from the only one to the heading.
    for place, following in ((1, names[2]), (1, names[0])):
        buttons.nth(place).press("Enter")
        portal.dialog().get_by_role("button", name="Revoke").press("Enter")
        portal.said("Revoked.")
        expect(page.get_by_role("button", name=following)).to_be_focused()
    buttons.press("Enter")
    portal.dialog().get_by_role("button", name="Revoke").press("Enter")
    portal.said("Revoked.")
    expect(page.get_by_role("heading", name="API keys")).to_be_focused()


def test_what_was_done_in_a_dialog_is_still_told_after_it(portal: Portal) -> None:
    page = portal.page
    portal.tab("Keys and secrets")
    # It is told for some seconds, which do not pass here.
    page.clock.install()
    page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    page.get_by_role("button", name="Create a live key").click()
    portal.dialog().get_by_role("button", name="I have it").click()
    page.get_by_role("button", name="Revoke the key").click()
    portal.dialog().get_by_role("button", name="Revoke").click()
    expect(portal.dialog()).to_have_count(0)
    expect(page.locator(".toast")).to_have_text("Revoked.")
    # What is outside of a dialog is read out only once that is gone.
    expect(page.locator("body > .announcer")).to_have_text("Revoked.")
    page.clock.run_for(5000)
    expect(page.locator(".toast")).to_have_count(0)


def test_secret_is_shown_when_asked_for_and_rotated(portal: Portal, shop: Client) -> None:
    page = portal.page
    webhook_id = shop.subscribe("track", shop.bin_url("secret"))
    before = shop.get(f"/v1/subscriptions/{webhook_id}/secret")["secret"]
    portal.tab("Keys and secrets")
    panel = page.locator(".secret")
    expect(panel).to_be_visible()
    assert before not in page.content()
    panel.get_by_role("button", name="Show the secret").click()
    expect(panel).to_contain_text(before)
    panel.get_by_role("button", name="Rotate the secret").click()
    portal.dialog().get_by_role("button", name="Rotate").click()
    expect(panel).to_contain_text("The one before signs until")
    after = shop.get(f"/v1/subscriptions/{webhook_id}/secret")["secret"]
    assert after != before
    expect(panel).to_contain_text(after)
