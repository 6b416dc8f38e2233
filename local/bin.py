"""The request bin's memory: what arrived, newest first."""

from collections import OrderedDict, deque
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from parcelhook.clock import to_text

BODY_LIMIT = 256 * 1024
"""Bytes of a body that are taken."""
MOST_REQUESTS = 100
"""Kept in each bin; an older one makes room."""
MOST_BINS = 1000
"""The bin that was left alone longest makes room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Captured:
    """One request that arrived."""

    received_at: datetime
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: str

    def to_json(self) -> dict[str, Any]:
        return {
            "received_at": to_text(self.received_at),
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "headers": self.headers,
            "body": self.body,
        }


class Bins:
    """All bins. A bin is there as soon as something arrives in it."""

    def __init__(self, *, most_bins: int = MOST_BINS, most_requests: int = MOST_REQUESTS) -> None:
        self._bins: OrderedDict[str, deque[Captured]] = OrderedDict()
        self._most_bins = most_bins
        self._most_requests = most_requests

    def add(self, name: str, captured: Captured) -> None:
        self._bins.setdefault(name, deque(maxlen=self._most_requests)).appendleft(captured)
        self._bins.move_to_end(name)
        if len(self._bins) > self._most_bins:
            self._bins.popitem(last=False)

    def requests(self, name: str) -> list[Captured]:
        """Newest first."""
        return list(self._bins.get(name, ()))

    def clear(self, name: str) -> None:
        self._bins.pop(name, None)
