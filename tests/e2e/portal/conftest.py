"""A browser, a tab for each test, and an account that nobody else uses."""

import itertools
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from cli.laptop import laptop_settings
from cli.target import laptop_aws
from local.testing import RunningStack
from parcelhook.model.account import Mode
from parcelhook.security.api_keys import KeyStyle
from parcelhook.services import build_administration
from tests.e2e.client import PATIENCE, Client
from tests.e2e.portal.announcements import remember
from tests.e2e.portal.chromium import ARGUMENTS, MISSING, find_chromium
from tests.e2e.portal.portal import Portal
from tests.e2e.portal.watch import Watch

NARROW, WIDE = 360, 1280

expect.set_options(timeout=PATIENCE * 1000)
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """For one module at a time: while it is there, nothing else in this process can run an event loop."""
    if (executable := find_chromium()) is None:
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(params=[NARROW, WIDE], ids=lambda width: f"{width}px")
def width(request: pytest.FixtureRequest) -> int:
    """Of the window, in CSS pixels."""
    chosen: int = request.param
    return chosen


@pytest.fixture
def key(stack: RunningStack, monkeypatch: pytest.MonkeyPatch) -> str:
    """A live key of an account of its own."""
    monkeypatch.setenv("LOCAL_STATE_DIR", str(stack.directory))
    with laptop_aws():
        administration = build_administration(laptop_settings())
        account = administration.create_account(f"Shop {next(_numbers)}")
        return administration.create_key(account.id, mode=Mode.LIVE, style=KeyStyle.SHIPENGINE)[1]


@pytest.fixture
def shop(stack: RunningStack, key: str) -> Iterator[Client]:
    """The account's owner, over the API, with bins of their own."""
    with httpx.Client(base_url=stack.state["base_url"], headers={"API-Key": key}, timeout=PATIENCE) as http:
        yield Client(http, bins=f"{next(_numbers)}-")


@pytest.fixture
def visitor(browser: Browser, stack: RunningStack, width: int) -> Iterator[Portal]:
    """A tab in which nobody is signed in. Whatever it complains of fails the test."""
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        locale="en-GB",
        timezone_id="UTC",
        reduced_motion="reduce",
        permissions=["clipboard-read", "clipboard-write"],
    )
    remember(context)
    context.set_default_timeout(PATIENCE * 1000)
    page, watch = context.new_page(), Watch()
    watch.over(page)
    yield Portal(page, stack.state["base_url"], watch)
    context.close()
    assert watch.complaints == []


@pytest.fixture
def portal(visitor: Portal, key: str) -> Portal:
    """A tab in which the account's owner is signed in."""
    visitor.sign_in(key)
    return visitor
