"""API keys and secrets: shown once, copied, rotated."""

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
    expect(dialog).to_have_count(0)
    assert made not in page.content()
    page.get_by_role("button", name="Revoke the key").click()
    portal.dialog().get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("Revoked", exact=True)).to_be_visible()
    assert [bool(each["revoked_at"]) for each in shop.get("/v1/keys")["keys"]] == [False, True]


def test_secret_is_shown_when_asked_for_and_rotated(portal: Portal, shop: Client) -> None:
    page = portal.page
    webhook_id = shop.subscribe("track", shop.bin_url("secret"))
    before = shop.get(f"/v1/subscriptions/{webhook_id}/secret")["secret"]
    portal.tab("Keys and secrets")
    panel = page.locator(".secret")
    assert before not in page.content()
    panel.get_by_role("button", name="Show the secret").click()
    expect(panel).to_contain_text(before)
    panel.get_by_role("button", name="Rotate the secret").click()
    portal.dialog().get_by_role("button", name="Rotate").click()
    expect(panel).to_contain_text("The one before signs until")
    after = shop.get(f"/v1/subscriptions/{webhook_id}/secret")["secret"]
    assert after != before
    expect(panel).to_contain_text(after)
