"""Everything of an account in the key's mode, as lines that each say what they are."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cli.client import ApiClient
from parcelhook.clock import to_text
from parcelhook.ids import time_part
from parcelhook.security.headers import masked

FORMAT = 1
"""Changes when older programs could not read it any more."""
# Ids of deliveries begin with `dlv_` and the ULID of their event, which begins with the time of that.
_TIME = slice(4, 14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """Reads an account over the api, a page at a time: nothing but that page is ever in memory."""

    api: ApiClient
    now: datetime
    since: datetime | None = None
    """Events accepted before are left out, and their deliveries."""
    until: datetime | None = None
    """Events accepted at this moment or later are left out, and their deliveries."""
    with_attempts: bool = False
    """Whether each delivery has all its attempts, at a call more for each."""
    progress: Callable[[str], None] = lambda _: None
    counts: Counter[str] = field(default_factory=Counter)

    def lines(self) -> Iterator[dict[str, Any]]:
        """A head, subscriptions, events and deliveries, newest first, and an end that counts them.

        Raises `CommandError`: an export that has no end is not whole.
        """
        yield self._head()
        for kind, elements in (
            ("subscription", self._subscriptions()),
            ("event", self._events()),
            ("delivery", self._deliveries()),
        ):
            self.counts[kind] = 0
            for element in elements:
                self.counts[kind] += 1
                self.progress(f"{self.counts[kind]} of kind {kind}")
                yield {"kind": kind} | element
        yield {"kind": "end", "counts": dict(self.counts)}

    def _head(self) -> dict[str, Any]:
        account = self.api.get("/v1/account")
        return {
            "kind": "export",
            "format": FORMAT,
            "account_id": account["id"],
            "mode": account["mode"],
            "exported_at": to_text(self.now),
            "since": to_text(self.since) if self.since else None,
            "until": to_text(self.until) if self.until else None,
        }

    def _subscriptions(self) -> Iterator[dict[str, Any]]:
        """As the api tells them, but for credentials in their headers."""
        for each in self.api.get("/v1/subscriptions")["subscriptions"]:
            yield each | {"headers": {name: masked(name, value) for name, value in each["headers"].items()}}

    def _events(self) -> Iterator[dict[str, Any]]:
        since = to_text(self.since) if self.since else ""
        for event in self.api.pages("/v1/events", "events"):
            if event["accepted_at"] < since:
                return
            if self.until is None or event["accepted_at"] < to_text(self.until):
                yield event

    def _deliveries(self) -> Iterator[dict[str, Any]]:
        since = time_part(self.since) if self.since else ""
        for delivery in self.api.pages("/v1/deliveries", "deliveries"):
            accepted = delivery["id"][_TIME]
            if accepted < since:
                return
            if self.until is None or accepted < time_part(self.until):
                yield self._whole(delivery) if self.with_attempts else delivery

    def _whole(self, delivery: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = self.api.get(f"/v1/deliveries/{delivery['id']}")
        return {name: value for name, value in found.items() if name != "request"}
