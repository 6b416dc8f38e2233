"""The portal as somebody with a browser uses it."""

import json
import os
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from local.testing import wait_for
from tests.e2e.client import PATIENCE
from tests.e2e.portal.announcements import announced
from tests.e2e.portal.watch import Watch

# Set to a directory to have the README's pictures taken.
SCREENSHOTS = "PORTAL_SCREENSHOTS"

_GRAVE = {"serious", "critical"}


class Portal:
    """One tab."""

    def __init__(self, page: Page, base_url: str, watch: Watch) -> None:
        self.page = page
        self.watch = watch
        self._base_url = base_url
        self._heard = 0

    def open(self, fragment: str = "") -> None:
        self.page.goto(f"{self._base_url}/portal{fragment}")

    def sign_in(self, key: str) -> None:
        self.open()
        self.page.get_by_label("API key").fill(key)
        self.page.get_by_role("button", name="Sign in").click()
        self.heading("Webhooks")

    def heading(self, text: str) -> None:
        """Waits for a view."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(text)

    def tab(self, name: str) -> None:
        """Goes to one of the portal's views."""
        self.page.get_by_role("navigation", name="Portal").get_by_role("link", name=name).click()
        self.heading(name)

    def vendor(self, name: str) -> None:
        """Goes to a vendor's grid."""
        self.page.get_by_role("navigation", name="Vendor").get_by_role("link", name=name).click()
        expect(self.page.get_by_role("list", name=f"{name} events")).to_be_visible()

    def to(self, *address: str) -> None:
        """Goes to a view, as a link to it does, and waits until the one before is gone."""
        leave = "hash => { document.querySelector('.page').dataset.left = ''; location.hash = hash }"
        self.page.evaluate(leave, "#/" + "/".join(address))
        expect(self.page.locator(".page:not([data-left])")).to_have_count(1)

    def subscribe(self, event: str, url: str) -> Locator:
        """Enters a URL beside an event, and saves; the row that is there afterwards."""
        self.page.get_by_label(f"URL for {event}", exact=True).fill(url)
        self.page.get_by_role("button", name=f"Save the webhook for {event}", exact=True).click()
        row = self.row(url)
        expect(row).to_be_visible()
        return row

    def row(self, url: str) -> Locator:
        """A webhook in the grid."""
        return self.page.locator("li.webhook").filter(has=self.page.get_by_role("link", name=url, exact=True))

    def said(self, text: str) -> None:
        """Waits for what is read out to those who cannot see, after what was waited for before."""

        def look() -> int | None:
            lines = announced(self.page)
            return next((place + 1 for place in range(self._heard, len(lines)) if text in lines[place]), None)

        self._heard = wait_for(look, seconds=PATIENCE, what=f"{text!r} being read out")

    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    def findings(self) -> list[str]:
        """What axe finds in the light and in the dark that keeps people out."""
        found: list[str] = []
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme)
            # The next frame has the other colours.
            self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
            # A list that refreshes itself may be looked at while it changes; what keeps people out stays.
            if self._grave():
                found += [f"{scheme}: {each}" for each in self._grave()]
        self.page.emulate_media(color_scheme="light")
        return found

    def _grave(self) -> list[str]:
        results: dict[str, Any] = Axe().run(self.page).response
        assert results["passes"], "axe looked at nothing"
        return [_told(each) for each in results["violations"] if each["impact"] in _GRAVE]

    def is_wider_than_the_screen(self) -> bool:
        """Whether one has to scroll sideways."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))

    def picture(self, name: str) -> None:
        """Takes a picture for the README, if it is asked for."""
        if directory := os.environ.get(SCREENSHOTS):
            self.page.screenshot(path=Path(directory) / f"{name}.png", animations="disabled")


def _told(violation: dict[str, Any]) -> str:
    nodes = [json.dumps(node["target"]) for node in violation["nodes"][:3]]
    return f"{violation['impact']} {violation['id']}: {violation['help']} at {', '.join(nodes)}"
