"""Every view: found in order by axe in light and dark, no wider than the screen, usable by keyboard."""

from playwright.sync_api import expect

from tests.e2e.client import Client
from tests.e2e.portal.conftest import WIDE
from tests.e2e.portal.portal import Portal

# Of the README.
PICTURES = {"webhooks/shipengine": "webhooks"}


def with_history(shop: Client) -> tuple[str, str, str]:
    """An account in which something happened: a webhook, one of its failed deliveries, and that one's event."""
    shop.subscribe("track", shop.bin_url("healthy"))
    failing = shop.subscribe("batch", shop.bin_url("failing-a-long-way-down-the-path", "?status=503"))
    for number in range(12):
        shop.publish(
            "tracking.updated", {"tracking_number": f"1Z{number:010}", "carrier": "ups", "status": "in_transit"}
        )
    shop.publish("batch.completed", {"batch_id": "se-1013119"})
    delivery = shop.delivery(failing, "discarded")
    return failing, delivery["id"], delivery["event_id"]


def test_every_view_is_open_to_everybody_in_light_and_dark(portal: Portal, shop: Client, width: int) -> None:
    webhook_id, delivery_id, event_id = with_history(shop)
    views = {
        "webhooks/shipengine": "Webhooks",
        "webhooks/shippo": "Webhooks",
        f"webhook/{webhook_id}": "batch",
        "deliveries": "Deliveries",
        f"delivery/{delivery_id}": "batch.completed",
        "events": "Events",
        f"event/{event_id}": "batch.completed",
        "send": "Send a test",
        "keys": "Keys and secrets",
    }
    found: list[str] = []
    for address, heading in views.items():
        portal.to(address)
        portal.heading(heading)
        expect(portal.page.locator(".loading")).to_have_count(0)
        found += [f"{address}: {each}" for each in portal.findings()]
        if portal.is_wider_than_the_screen():
            found.append(f"{address} is wider than {width} px")
        if width == WIDE and address in PICTURES:
            portal.picture(PICTURES[address])
    assert found == []


def test_signing_in_is_open_to_everybody(visitor: Portal) -> None:
    visitor.open()
    expect(visitor.page.get_by_label("API key")).to_be_visible()
    assert visitor.findings() == []
    assert not visitor.is_wider_than_the_screen()


def test_keyboard_is_enough(portal: Portal, shop: Client) -> None:
    page, keyboard = portal.page, portal.page.keyboard
    url = shop.bin_url("keyboard")
    page.reload()
    portal.heading("Webhooks")
    keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    field = page.get_by_label("URL for track", exact=True)
    for _ in range(60):
        if field.evaluate("field => field === document.activeElement"):
            break
        keyboard.press("Tab")
    expect(field).to_be_focused()
    keyboard.type(url)
    keyboard.press("Enter")
    row = portal.row(url)
    expect(row.get_by_role("link")).to_be_focused()
    keyboard.press("Shift+Tab")
    for is_on in ("false", "true"):
        keyboard.press("Space")
        portal.said("Switched")
        expect(row.get_by_role("switch")).to_have_attribute("aria-checked", is_on)


def test_dialog_keeps_the_focus_and_gives_it_back(portal: Portal, shop: Client) -> None:
    page = portal.page
    row = portal.subscribe("track", shop.bin_url("dialog"))
    delete = row.get_by_role("button", name="Delete track")
    delete.click()
    expect(portal.dialog()).to_be_visible()
    for _ in range(6):
        page.keyboard.press("Tab")
        outside = page.evaluate("document.activeElement !== document.body && !document.activeElement.closest('dialog')")
        assert not outside
    assert portal.findings() == []
    page.keyboard.press("Escape")
    expect(portal.dialog()).to_have_count(0)
    expect(delete).to_be_focused()
