"""Calls of the portal that are answered later."""

from collections.abc import Callable

from playwright.sync_api import Page, Route

from local.testing import wait_for
from tests.e2e.client import PATIENCE


class Held:
    """Keeps what a page reads at `address` from being answered, from now on until it is released."""

    def __init__(self, page: Page, address: str) -> None:
        self._page = page
        self._address = address
        self._routes: list[Route] = []
        self._is_over = False
        page.route(address, self._hold)

    def wait(self) -> None:
        """Until something was asked."""
        wait_for(self._looked, seconds=PATIENCE, what=f"a call of {self._address}")

    def release(self) -> None:
        """Has all answered, and waits until the page has got the answers."""
        self._end(lambda route: route.continue_())

    def fail(self, status: int) -> None:
        """Has all answered with `status` and nothing else, and waits until the page has got that."""
        self._end(lambda route: route.fulfill(status=status))

    def _end(self, answer: Callable[[Route], None]) -> None:
        self._is_over = True
        for route in self._routes:
            answer(route)
            if response := route.request.response():
                response.finished()
        # What the page does with them, it does before what is asked of it now.
        self._page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")

    def _hold(self, route: Route) -> None:
        if self._is_over or route.request.method != "GET":
            route.fallback()
        else:
            self._routes.append(route)

    def _looked(self) -> bool:
        # Events of the browser come in while something is asked of it.
        self._page.evaluate("0")
        return bool(self._routes)
