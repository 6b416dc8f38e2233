"""What an account used in a day, in numbers."""

from dataclasses import dataclass, fields
from datetime import date

from parcelhook.model.account import Mode
from parcelhook.values import value


@dataclass(slots=True, kw_only=True)
class Usage:
    """Counted by dispatch."""

    events: int = 0
    """Events accepted."""
    delivered: int = 0
    """Deliveries."""
    discarded: int = 0
    """Deliveries."""
    attempts: int = 0
    """In all."""
    failed: int = 0
    """Attempts."""

    def add(self, other: "Usage") -> None:
        """Counts what `other` counts, too."""
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))

    @property
    def size(self) -> int:
        """How much was counted: events, attempts, and what was given up."""
        return self.events + self.attempts + self.discarded


@value(kw_only=True)
class DailyUsage:
    """Of one account in one mode, on a day of UTC."""

    day: date
    account_id: str
    mode: Mode
    usage: Usage
