"""Listens to what a page complains of."""

import re
from dataclasses import dataclass, field

from playwright.sync_api import ConsoleMessage, Error, Page

_REFUSED = re.compile(r"Failed to load resource: the server responded with a status of (\d+)")


@dataclass
class Watch:
    """Errors of the console (violations of the content security policy are such) and of scripts."""

    complaints: list[str] = field(default_factory=list)
    expected: set[int] = field(default_factory=set)
    """HTTP statuses that the test provokes; browsers write each into the console."""

    def over(self, page: Page) -> None:
        """Begins to listen."""
        page.on("console", self._hear)
        page.on("pageerror", self._note)

    def _hear(self, message: ConsoleMessage) -> None:
        refused = _REFUSED.match(message.text)
        if refused and int(refused[1]) in self.expected:
            return
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text} ({message.location})")

    def _note(self, error: Error) -> None:
        self.complaints.append(f"exception: {error}")
