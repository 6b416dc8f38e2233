"""Identifiers: ULIDs for what has a time, random text for what has none."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOWER = "abcdefghijklmnopqrstuvwxyz0123456789"

RandomBytes = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Ids:
    """Makes identifiers from injected randomness."""

    random_bytes: RandomBytes = field(default=secrets.token_bytes)

    def ulid(self, moment: datetime) -> str:
        """A ULID: 26 characters that sort by `moment` (48 bits of milliseconds, 80 random bits)."""
        milliseconds = int(moment.timestamp() * 1000)
        number = (milliseconds << 80) | int.from_bytes(self.random_bytes(10), "big")
        return "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5))

    def lower_text(self, length: int) -> str:
        """`length` random lower-case letters and digits (5.17 bits each)."""
        number = int.from_bytes(self.random_bytes(length + 8), "big")
        characters = []
        for _ in range(length):
            number, digit = divmod(number, len(_LOWER))
            characters.append(_LOWER[digit])
        return "".join(characters)


def is_ulid(text: str) -> bool:
    """Whether `text` has the form that `Ids.ulid` writes."""
    return len(text) == 26 and text[0] <= "7" and all(character in _CROCKFORD for character in text)
