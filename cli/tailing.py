"""What changed among deliveries since the last look."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cli.client import ApiClient

_LOOKED_AT = 100
_SHOWN_AT_START = 10
_REMEMBERED = 5_000
# A retry concerns an old event, which the newest page does not show.
_STATES: tuple[str | None, ...] = (None, "retrying", "discarded")


@dataclass(slots=True)
class Tail:
    """Looks at the newest deliveries, and at the newest of those that failed.

    What is more than a hundred deliveries behind by the next look is not seen.
    """

    api: ApiClient
    filters: Mapping[str, str | None]
    _seen: dict[str, tuple[str, int]] = field(default_factory=dict)

    def start(self) -> list[dict[str, Any]]:
        """The last few that there are, oldest first. Raises `CommandError`."""
        return self.changes()[-_SHOWN_AT_START:]

    def changes(self) -> list[dict[str, Any]]:
        """What is new or has changed, in the order of its changes. Raises `CommandError`."""
        changed = {delivery["id"]: delivery for delivery in self._look() if self._is_news(delivery)}
        return sorted(changed.values(), key=lambda delivery: (delivery["updated_at"], delivery["id"]))

    def _look(self) -> Iterator[dict[str, Any]]:
        for state in _STATES:
            wanted = {**self.filters, "state": state}
            yield from self.api.pages("/v1/deliveries", "deliveries", most=_LOOKED_AT, **wanted)

    def _is_news(self, delivery: dict[str, Any]) -> bool:
        mark = (delivery["state"], delivery["attempt_count"])
        if self._seen.get(delivery["id"]) == mark:
            return False
        if len(self._seen) >= _REMEMBERED:
            del self._seen[next(iter(self._seen))]
        self._seen[delivery["id"]] = mark
        return True
