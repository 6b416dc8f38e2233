"""What a page reads out, however soon something else is said."""

from playwright.sync_api import BrowserContext, Page

_REMEMBER = """
window.announced = [];
new MutationObserver(changes => {
  for (const { target, addedNodes } of changes) {
    if (target.classList?.contains("announcer")) for (const node of addedNodes) announced.push(node.textContent);
  }
}).observe(document, { childList: true, subtree: true });
"""


def remember(context: BrowserContext) -> None:
    """Has all pages of a context remember what they read out."""
    context.add_init_script(_REMEMBER)


def announced(page: Page) -> list[str]:
    """All of it since the page was loaded, in order."""
    found: list[str] = page.evaluate("announced")
    return found
