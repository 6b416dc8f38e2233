"""Signing in and out; where the key is, and where it is not."""

import pytest
from playwright.sync_api import expect

from local.testing import RunningStack
from tests.e2e.portal.portal import Portal


def test_unknown_key_is_refused_where_it_was_entered(visitor: Portal) -> None:
    visitor.watch.expected.add(401)
    visitor.open()
    field = visitor.page.get_by_label("API key")
    field.fill("live_nobody")
    field.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(
        "It stays in this tab, and is forgotten when the tab is closed. "
        "This key is not known. It may have been revoked."
    )
    expect(field).to_be_focused()


def test_key_stays_in_its_tab_until_signed_out(portal: Portal, key: str) -> None:
    page = portal.page
    page.reload()
    portal.heading("Webhooks")
    portal.tab("Deliveries")
    assert key not in page.url
    assert page.evaluate("Object.keys(localStorage)") == []
    assert page.context.cookies() == []
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.get_by_label("API key")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("API key")).to_be_visible()
    assert page.evaluate("Object.values(sessionStorage)") == []
    page.go_back()
    expect(page.get_by_label("API key")).to_be_visible()


def test_view_that_is_named_in_the_address_is_shown_after_signing_in(visitor: Portal, key: str) -> None:
    visitor.open("#/events")
    visitor.page.get_by_label("API key").fill(key)
    visitor.page.get_by_role("button", name="Sign in").click()
    visitor.heading("Events")


@pytest.mark.parametrize(("address", "page"), [("/", "/portal"), ("/portal/#/events", "/portal#/events")])
def test_other_address_leads_to_the_portal(visitor: Portal, stack: RunningStack, address: str, page: str) -> None:
    base_url = stack.state["base_url"]
    visitor.page.goto(base_url + address)
    expect(visitor.page.get_by_label("API key")).to_be_visible()
    assert visitor.page.url == base_url + page


def test_key_that_is_revoked_meanwhile_leads_back_to_signing_in(portal: Portal) -> None:
    portal.watch.expected.add(401)
    portal.page.evaluate("sessionStorage.setItem('parcelhook.key', 'live_revoked')")
    portal.page.get_by_role("link", name="Deliveries").click()
    expect(portal.page.get_by_label("API key")).to_be_visible()
    expect(portal.page.get_by_role("alert")).to_contain_text("not accepted any more")
