"""The grid: a row for each event, with URL, switch, edit, save, test."""

import pytest
from playwright.sync_api import expect

from tests.e2e.client import Client
from tests.e2e.portal.held import Held
from tests.e2e.portal.portal import Portal

VENDORS = [("ShipEngine", "track"), ("Shippo", "track_updated"), ("eHub", "shipment_tracking")]


@pytest.mark.parametrize(("vendor", "event"), VENDORS)
def test_webhook_is_made_switched_off_and_on(portal: Portal, shop: Client, vendor: str, event: str) -> None:
    portal.vendor(vendor)
    url = shop.bin_url(f"grid-{event}")
    row = portal.subscribe(event, url)
    portal.said("Saved.")
    switch = row.get_by_role("switch")
    for wanted in (False, True):
        switch.click()
        expect(switch).to_have_attribute("aria-checked", str(wanted).lower())
        portal.said("Switched on." if wanted else "Switched off.")
        expect(switch).to_be_focused()
        (known,) = shop.get("/v1/subscriptions")["subscriptions"]
        assert (known["url"], known["enabled"]) == (url, wanted)


def test_vendor_without_a_limit_takes_another_webhook_for_an_event(portal: Portal, shop: Client) -> None:
    portal.vendor("Shippo")
    portal.subscribe("track_updated", shop.bin_url("one"))
    portal.page.get_by_role("button", name="Another webhook for track_updated").click()
    portal.subscribe("track_updated", shop.bin_url("two"))
    assert {each["url"] for each in shop.get("/v1/subscriptions")["subscriptions"]} == {
        shop.bin_url("one"),
        shop.bin_url("two"),
    }


def test_what_is_entered_for_another_event_stays_when_a_webhook_was_saved(portal: Portal, shop: Client) -> None:
    page, url = portal.page, shop.bin_url("saved-first")
    other = page.get_by_label("URL for batch", exact=True)
    expect(other).to_be_visible()
    grid = Held(page, "**/v1/subscriptions")
    page.get_by_label("URL for track", exact=True).fill(url)
    page.get_by_role("button", name="Save the webhook for track", exact=True).click()
    portal.said("Saved.")
    other.press_sequentially("https://example.com/batches")
    grid.release()
    expect(portal.row(url)).to_be_visible()
    expect(other).to_have_value("https://example.com/batches")
    expect(other).to_be_focused()


def test_wrong_url_is_told_where_it_was_entered(portal: Portal, shop: Client) -> None:
    portal.watch.expected |= {400, 422}
    field = portal.page.get_by_label("URL for batch", exact=True)
    field.fill("ftp://example.com")
    field.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_be_focused()
    assert shop.get("/v1/subscriptions") == {"subscriptions": []}
    portal.subscribe("batch", shop.bin_url("right"))


def test_conflict_is_explained_and_leads_to_the_webhook_in_the_way(portal: Portal, shop: Client) -> None:
    portal.watch.expected.add(409)
    expect(portal.page.get_by_label("URL for rate", exact=True)).to_be_visible()
    shop.subscribe("rate", shop.bin_url("first"))
    portal.page.get_by_label("URL for rate", exact=True).fill(shop.bin_url("second"))
    portal.page.get_by_role("button", name="Save the webhook for rate").click()
    alert = portal.page.get_by_role("alert")
    expect(alert).to_contain_text("one webhook for an event")
    expect(alert).to_be_in_viewport(ratio=0.9)
    alert.get_by_role("button", name="Show the existing webhook").click()
    expect(portal.row(shop.bin_url("first")).get_by_role("link")).to_be_focused()


def test_webhook_is_edited_and_deleted(portal: Portal, shop: Client) -> None:
    portal.watch.expected |= {400, 422}
    row = portal.subscribe("track", shop.bin_url("before"))
    row.get_by_role("button", name="Edit track").click()
    field = portal.page.get_by_label("URL for track", exact=True)
    expect(field).to_be_focused()
    field.fill("nonsense")
    field.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill(shop.bin_url("after"))
    field.press("Enter")
    row = portal.row(shop.bin_url("after"))
    expect(row.get_by_role("button", name="Edit track")).to_be_focused()
    assert shop.get("/v1/subscriptions")["subscriptions"][0]["url"] == shop.bin_url("after")
    row.get_by_role("button", name="Delete track").click()
    expect(portal.dialog().get_by_role("button", name="Cancel")).to_be_focused()
    portal.dialog().get_by_role("button", name="Delete").click()
    expect(portal.page.get_by_label("URL for track", exact=True)).to_have_value("")
    assert shop.get("/v1/subscriptions") == {"subscriptions": []}


def test_focus_goes_on_when_the_webhook_is_deleted_that_had_it(portal: Portal, shop: Client) -> None:
    page = portal.page
    portal.vendor("Shippo")
    urls = [shop.bin_url(name) for name in ("one", "two", "three")]
    portal.subscribe("track_updated", urls[0])
    for url in urls[1:]:
        page.get_by_role("button", name="Another webhook for track_updated").click()
        portal.subscribe("track_updated", url)
    buttons = page.get_by_role("button", name="Delete track_updated")
    shown = [page.locator("li.webhook .url").nth(number).inner_text() for number in range(3)]
    # To the next one, from the last one to the one before, from the only one to the heading.
    for place, following in ((1, shown[2]), (1, shown[0])):
        buttons.nth(place).press("Enter")
        portal.dialog().get_by_role("button", name="Delete").press("Enter")
        portal.said("Deleted.")
        expect(portal.row(following).get_by_role("button", name="Delete track_updated")).to_be_focused()
    buttons.press("Enter")
    portal.dialog().get_by_role("button", name="Delete").press("Enter")
    portal.said("Deleted.")
    expect(page.get_by_role("heading", name="Track updated")).to_be_focused()


def test_webhook_that_is_deleted_on_its_own_page_leads_back_to_the_grid(portal: Portal, shop: Client) -> None:
    page = portal.page
    portal.to("webhook", shop.subscribe("track", shop.bin_url("deleted")))
    page.get_by_role("button", name="Delete …").press("Enter")
    portal.dialog().get_by_role("button", name="Delete").press("Enter")
    portal.heading("Webhooks")
    expect(page.get_by_label("URL for track", exact=True)).to_have_value("")
    expect(page.locator("main")).to_be_focused()


def test_test_shows_what_came_back(portal: Portal, shop: Client) -> None:
    row = portal.subscribe("track", shop.bin_url("tested"))
    row.get_by_role("button", name="Test track").click()
    result = row.get_by_role("status", name="Result of the test")
    expect(result).to_contain_text("answered 200")
    arrived = shop.arrived("tested")[0]
    assert arrived["headers"]["parcelhook-test"] == "true"
    result.get_by_text("Request as sent").click()
    expect(result).to_contain_text("webhook-signature")
    result.get_by_role("button", name="Dismiss").press("Enter")
    expect(result).to_have_count(0)
    expect(row.get_by_role("button", name="Test track")).to_be_focused()

    row.get_by_role("button", name="Edit track").click()
    portal.page.get_by_label("URL for track", exact=True).fill(shop.bin_url("tested", "?status=503"))
    portal.page.get_by_label("URL for track", exact=True).press("Enter")
    row = portal.row(shop.bin_url("tested", "?status=503"))
    row.get_by_role("button", name="Test track").click()
    expect(row.get_by_role("status", name="Result of the test")).to_contain_text("503")


def test_switch_of_a_webhook_keeps_the_focus(portal: Portal, shop: Client) -> None:
    portal.to("webhook", shop.subscribe("track", shop.bin_url("switched")))
    switch = portal.page.get_by_role("switch", name="Send events to this webhook")
    switch.focus()
    for told in ("Switched off.", "Switched on."):
        portal.page.keyboard.press("Space")
        portal.said(told)
        expect(switch).to_be_focused()


def test_settings_are_changed_and_what_is_wrong_is_told_at_its_field(portal: Portal, shop: Client) -> None:
    portal.watch.expected |= {400, 422}
    webhook_id = shop.subscribe("track", shop.bin_url("settings"))
    portal.to("webhook", webhook_id)
    portal.heading("track")
    page = portal.page
    page.get_by_label("The vendor's own").uncheck()
    page.get_by_label("Attempts in all").fill("99")
    page.get_by_label("Minutes apart").fill("60")
    page.get_by_role("button", name="Save settings").click()
    expect(page.get_by_label("Attempts in all")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Attempts in all").fill("5")
    page.get_by_label("Headers", exact=True).fill("X-Shop: 17")
    page.get_by_label("delivered", exact=True).check()
    page.get_by_role("button", name="Save settings").click()
    portal.said("Settings saved.")
    known = shop.get(f"/v1/subscriptions/{webhook_id}")
    assert known["retry_policy"] == {"attempts": 5, "interval_seconds": 3600, "is_default": False}
    assert known["headers"] == {"X-Shop": "17"}
    assert known["milestones"] == ["delivered"]
