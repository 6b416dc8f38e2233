"""What was sent: seen as it happens, understood, sent again."""

import re

from playwright.sync_api import expect

from local.testing import wait_for
from tests.e2e.client import PATIENCE, Client
from tests.e2e.portal.held import Held
from tests.e2e.portal.portal import Portal

BATCH = {"batch_id": "se-1013119"}


def test_failing_endpoint_is_seen_mended_and_its_delivery_sent_again(portal: Portal, shop: Client) -> None:
    page = portal.page
    webhook_id = shop.subscribe("batch", shop.bin_url("broken", "?status=503"))
    portal.tab("Deliveries")
    shop.publish("batch.completed", BATCH)
    # It comes by itself, and changes by itself.
    row = page.get_by_role("list", name="Deliveries").get_by_role("link")
    expect(row).to_contain_text("Discarded")
    row.click()
    portal.heading("batch.completed")
    attempts = page.locator(".timeline > li")
    expect(attempts).to_have_count(4)
    expect(attempts.nth(2)).to_contain_text("Attempt 3")
    expect(attempts.nth(2)).to_contain_text("503")
    expect(attempts.nth(3)).to_contain_text("You can resend it at any time")
    portal.picture("delivery")

    shop.subscribe("batch", shop.bin_url("mended"))
    page.get_by_role("button", name="Resend").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Delivered")
    expect(attempts.nth(3)).to_contain_text("Sent by hand")
    assert len(shop.arrived("mended")) == 1
    assert shop.delivery(webhook_id, "delivered")["attempts"][-1]["manual"] is True


def test_request_is_shown_and_copied_as_a_command(portal: Portal, shop: Client) -> None:
    webhook_id = shop.subscribe("track", shop.bin_url("curl"))
    shop.publish("tracking.updated", {"tracking_number": "1Z999", "carrier": "ups", "status": "delivered"})
    portal.to("delivery", shop.delivery(webhook_id, "delivered")["id"])
    page = portal.page
    expect(page.get_by_role("region", name="Request body")).to_contain_text('"tracking_number": "1Z999"')
    page.get_by_role("button", name="Copy as curl").click()
    portal.said("Copied")
    command = page.evaluate("navigator.clipboard.readText()")
    assert command.startswith(f"curl -X POST '{shop.bin_url('curl')}'")
    assert "API_TRACK" in command


def test_page_that_could_not_be_read_is_told_of_while_the_list_is_refreshed(portal: Portal, shop: Client) -> None:
    page = portal.page
    portal.watch.expected.add(503)
    shop.subscribe("batch", shop.bin_url("many"))
    shop.publish_all("batch.completed", [{"batch_id": f"se-{number}"} for number in range(26)])
    wait_for(lambda: len(shop.arrived("many")) == 26, seconds=PATIENCE, what="26 deliveries")
    portal.tab("Deliveries")
    rows = page.get_by_role("list", name="Deliveries").get_by_role("link")
    expect(rows).to_have_count(25)
    failing = Held(page, "**/v1/deliveries?*cursor=*")
    page.get_by_role("button", name="Load more").click()
    failing.wait()
    failing.fail(503)
    shop.publish("batch.completed", {"batch_id": "se-after"})
    expect(rows).to_have_count(26)
    page.get_by_role("alert").get_by_role("button", name="Try again").press("Enter")
    expect(rows).to_have_count(27)
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(rows.nth(26)).to_be_focused()


def test_deliveries_are_filtered_and_the_list_stays_while_it_is_paused(portal: Portal, shop: Client) -> None:
    page = portal.page
    webhook_id = shop.subscribe("track", shop.bin_url("filtered"))
    shop.subscribe("rate", shop.bin_url("filtered", "?status=500"))
    shop.publish("tracking.updated", {"tracking_number": "1Z-one", "carrier": "ups", "status": "in_transit"})
    second = shop.publish("tracking.updated", {"tracking_number": "1Z-two", "carrier": "ups", "status": "in_transit"})
    shop.publish("rates.updated", {"shipment_id": "se-1"})
    portal.tab("Deliveries")
    rows = page.get_by_role("list", name="Deliveries").get_by_role("link")
    expect(rows).to_have_count(3)
    page.get_by_label("Tracking number").fill("1Z-two")
    expect(rows).to_have_count(1)
    expect(rows).to_have_attribute("href", re.compile(second.removeprefix("evt_")))
    page.get_by_label("Tracking number").fill("")
    page.get_by_label("Event type").select_option("rates.updated")
    expect(rows).to_contain_text("rates.updated")
    page.get_by_label("Event type").select_option("")
    page.get_by_label("State").select_option("delivered")
    expect(rows).to_have_count(2)
    # A refresh is asked for before the list is to stay, and answered after that.
    refresh = Held(page, "**/v1/deliveries?*")
    refresh.wait()
    page.get_by_role("button", name="Live").click()
    portal.said("The list stays as it is.")
    shop.publish("tracking.updated", {"tracking_number": "1Z-late", "carrier": "ups", "status": "in_transit"})
    shop.deliveries(webhook_id, "delivered", 3)
    refresh.release()
    expect(rows).to_have_count(2)
    page.get_by_role("button", name="Paused").click()
    expect(rows).to_have_count(3)
    page.get_by_label("State").select_option("held")
    expect(page.get_by_text("Nothing fits")).to_be_visible()


def test_what_was_discarded_is_recovered_after_a_look_at_how_much_it_is(portal: Portal, shop: Client) -> None:
    page = portal.page
    webhook_id = shop.subscribe("batch", shop.bin_url("lost", "?status=503"))
    for _ in range(3):
        shop.publish("batch.completed", BATCH)
    shop.deliveries(webhook_id, "discarded", 3)
    shop.subscribe("batch", shop.bin_url("found"))
    portal.to("deliveries", webhook_id)
    page.get_by_role("button", name="Recover …").click()
    dialog = portal.dialog()
    dialog.get_by_label("What was published in").select_option("The last hour")
    dialog.get_by_role("button", name="Preview").click()
    expect(dialog).to_contain_text(re.compile(r"3 deliveries in about .*about \$"))
    assert portal.findings() == []
    dialog.get_by_role("button", name="Send 3 again").click()
    expect(dialog.get_by_role("status")).to_contain_text("Done")
    dialog.get_by_role("button", name="Close").click()
    assert len(shop.arrived("found", 3)) == 3
    expect(page.get_by_role("list", name="Deliveries").get_by_text("Delivered")).to_have_count(3)
    portal.to("webhook", webhook_id)
    expect(page.get_by_text("3 sent again")).to_be_visible()
