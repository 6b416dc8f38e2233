"""Publishing by hand, and why an event went where."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from tests.e2e.client import Client
from tests.e2e.portal.held import Held
from tests.e2e.portal.portal import Portal


def test_sample_is_edited_and_published_and_followed_to_its_delivery(portal: Portal, shop: Client) -> None:
    portal.watch.expected |= {404, 422}
    page = portal.page
    shop.subscribe("track", shop.bin_url("sent"))
    portal.tab("Send a test")
    data = page.get_by_label("Data, as JSON")
    sample = data.input_value()

    data.fill("{")
    page.get_by_role("button", name="Publish").click()
    expect(data).to_have_attribute("aria-invalid", "true")

    data.fill(sample.replace('"out_for_delivery"', '"lost in space"', 1))
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("alert")).to_contain_text("/status")
    page.get_by_role("alert").get_by_role("button", name="Line 4").click()
    expect(data).to_be_focused()
    marked = page.evaluate(
        "(([a]) => a.value.slice(a.selectionStart, a.selectionEnd))(document.querySelectorAll('textarea'))"
    )
    assert "lost in space" in marked

    data.fill(sample)
    page.get_by_role("button", name="Publish").click()
    outcome = page.get_by_role("region", name="Published")
    expect(outcome).to_contain_text("Delivered")
    assert len(shop.arrived("sent")) == 1
    outcome.get_by_role("link", name="See the delivery").click()
    portal.heading("tracking.updated")


def test_list_of_another_type_is_not_replaced_by_what_was_asked_for_before(portal: Portal, shop: Client) -> None:
    page = portal.page
    portal.watch.expected.add(503)
    shop.publish("tracking.updated", {"tracking_number": "1Z-late", "carrier": "ups", "status": "in_transit"})
    shop.publish("batch.completed", {"batch_id": "se-1"})
    portal.tab("Events")
    rows = page.get_by_role("list", name="Events").get_by_role("link")
    expect(rows).to_have_count(2)
    answered, failing = Held(page, "**/v1/events?type=tracking*"), Held(page, "**/v1/events?type=rates*")
    for event_type, held in (("tracking.updated", answered), ("rates.updated", failing)):
        page.get_by_label("Event type").select_option(event_type)
        held.wait()
    page.get_by_label("Event type").select_option("batch.completed")
    portal.said("1 events.")
    expect(rows).to_contain_text("batch.completed")
    answered.release()
    failing.fail(503)
    assert page.get_by_role("alert").count() == 0
    expect(rows).to_contain_text("batch.completed")


def test_list_goes_on_being_refreshed_after_a_page_that_could_not_be_read(portal: Portal, shop: Client) -> None:
    page = portal.page
    portal.watch.expected.add(503)
    shop.publish_all("batch.completed", [{"batch_id": f"se-{number}"} for number in range(26)])
    shop.events(26)
    portal.tab("Events")
    rows = page.get_by_role("list", name="Events").get_by_role("link")
    expect(rows).to_have_count(25)
    more = page.get_by_role("button", name="Load more")
    failing = Held(page, "**/v1/events?*cursor=*")
    more.click()
    failing.wait()
    failing.fail(503)
    expect(page.get_by_role("alert")).to_contain_text("That did not work")
    shop.publish("tracking.updated", {"tracking_number": "1Z-after", "carrier": "ups", "status": "in_transit"})
    expect(rows.first).to_contain_text("1Z-after")
    # What failed can still be tried again.
    page.get_by_role("alert").get_by_role("button", name="Try again").press("Enter")
    expect(rows).to_have_count(27)
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(more).to_be_hidden()
    expect(rows.nth(25)).to_be_focused()


def test_event_says_for_each_webhook_why_it_went_there_or_not(portal: Portal, shop: Client) -> None:
    shop.subscribe("track", shop.bin_url("explained"))
    shop.subscribe("batch", shop.bin_url("elsewhere"))
    shop.publish("tracking.updated", {"tracking_number": "1Z-why", "carrier": "ups", "status": "in_transit"})
    portal.tab("Events")
    portal.page.get_by_role("list", name="Events").get_by_role("link").click()
    portal.heading("tracking.updated")
    verdicts = portal.page.locator(".verdicts > li")
    expect(verdicts).to_have_count(2)
    expect(verdicts.nth(0)).to_contain_text("Delivered")
    expect(verdicts.nth(1)).to_be_hidden()
    portal.page.get_by_text("1 webhook for other events").click()
    expect(verdicts.nth(1)).to_contain_text("Not sent")
    expect(portal.page.get_by_role("region", name="Data as published")).to_contain_text("1Z-why")


def test_what_is_opened_stays_open_while_an_event_goes_on(portal: Portal, shop: Client) -> None:
    page = portal.page
    webhook_id = shop.subscribe("track", shop.bin_url("going-on", "?status=503"))
    shop.subscribe("batch", shop.bin_url("elsewhere"))
    data = {"tracking_number": "1Z-on", "carrier": "ups", "status": "in_transit"}
    event_id = shop.publish("tracking.updated", data)
    delivery_id = shop.delivery(webhook_id, "discarded")["id"]
    portal.to("event", event_id)
    others = page.get_by_text("1 webhook for other events")
    others.click()
    expect(page.get_by_text("Not sent", exact=True)).to_be_visible()
    shop.subscribe("track", shop.bin_url("going-on"))
    shop.send_again(delivery_id)
    expect(page.locator(".verdicts").first).to_contain_text("Delivered")
    expect(page.get_by_text("Not sent", exact=True)).to_be_visible()
    expect(others).to_be_focused()


def test_event_is_erased_and_still_asked_for_once_at_a_time(portal: Portal, shop: Client) -> None:
    page = portal.page
    data = {"tracking_number": "1Z-erased", "carrier": "ups", "status": "in_transit"}
    event_id = shop.publish("tracking.updated", data)
    shop.events(1)
    # Time passes only when it is told to.
    page.clock.install()
    page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    portal.to("event", event_id)
    expect(page.get_by_role("region", name="Data as published")).to_contain_text("1Z-erased")
    page.get_by_role("button", name="Erase data …").press("Enter")
    portal.dialog().get_by_role("button", name="Erase").press("Enter")
    portal.said("Erased.")
    expect(page.get_by_text("The data of this event was erased.")).to_be_visible()
    expect(page.get_by_role("button", name="Erase data …")).to_have_count(0)
    expect(page.get_by_role("heading", name="Data")).to_be_focused()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    with page.expect_response("**/explain"):
        page.clock.run_for(3000)
    assert asked == ["explain"]


def test_what_strangers_write_is_text_and_never_markup(portal: Portal, shop: Client) -> None:
    hostile = "<img src=x onerror=document.title='taken'><script>document.title='taken'</script>"
    webhook_id = shop.subscribe("track", shop.bin_url("hostile"))
    shop.publish(
        "tracking.updated",
        {"tracking_number": "1Z-hostile", "carrier": "ups", "status": "in_transit", "status_description": hostile},
    )
    portal.to("delivery", shop.delivery(webhook_id, "delivered")["id"])
    expect(portal.page.get_by_role("region", name="Request body")).to_contain_text("<img src=x onerror")
    assert portal.page.locator("main img, main script").count() == 0
    assert "taken" not in portal.page.title()
