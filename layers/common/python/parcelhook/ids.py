"""Identifiers: ULIDs for what has a time, random text for what has none."""

import secrets
from collections.abc import Callable
from dataclasses import field
from datetime import UTC, datetime, timedelta

from parcelhook.collaborators import collaborator

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# Of the 80 bits that follow the milliseconds, the first ten tell the microseconds within one (0 to 999).
_RANDOM_BITS = 70
# So many characters of a ULID tell its moment; Python reads base 32 with other digits.
_MOMENT_LENGTH = (130 - _RANDOM_BITS) // 5
_AS_PYTHON = str.maketrans(_CROCKFORD, "0123456789abcdefghijklmnopqrstuv")
_LOWER = "abcdefghijklmnopqrstuvwxyz0123456789"

RandomBytes = Callable[[int], bytes]


@collaborator
class Ids:
    """Makes identifiers from injected randomness."""

    random_bytes: RandomBytes = field(default=secrets.token_bytes)

    def ulid(self, moment: datetime) -> str:
        """A ULID: 26 characters that sort by `moment` (48 bits of milliseconds, 10 of microseconds, 70 random bits)."""
        milliseconds, microseconds = divmod((moment - _EPOCH) // _MICROSECOND, 1000)
        noise = int.from_bytes(self.random_bytes(10), "big") % (1 << _RANDOM_BITS)
        number = (((milliseconds << 10) | microseconds) << _RANDOM_BITS) | noise
        return "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5))

    def lower_text(self, length: int) -> str:
        """`length` random lower-case letters and digits (5.17 bits each)."""
        number = int.from_bytes(self.random_bytes(length + 8), "big")
        characters = []
        for _ in range(length):
            number, digit = divmod(number, len(_LOWER))
            characters.append(_LOWER[digit])
        return "".join(characters)


def microseconds_of(ulid: str) -> int:
    """The moment that `Ids.ulid` wrote into a ULID, in microseconds since 1970: less than 2^53 until the year 2255."""
    milliseconds, microseconds = divmod(int(ulid[:_MOMENT_LENGTH].translate(_AS_PYTHON), 32), 1 << 10)
    return milliseconds * 1000 + min(microseconds, 999)


def moment_of(ulid: str) -> datetime:
    """That moment."""
    return _EPOCH + timedelta(microseconds=microseconds_of(ulid))


def time_part(moment: datetime) -> str:
    """How the ULIDs of `moment` begin: its milliseconds, in 10 characters."""
    return Ids(bytes).ulid(moment)[:10]


def is_ulid(text: str) -> bool:
    """Whether `text` has the form that `Ids.ulid` writes, and its moment, a little later too, is one of `datetime`."""
    return len(text) == 26 and text[:10] <= _LATEST and all(character in _CROCKFORD for character in text)


_LATEST = time_part(datetime(9999, 1, 1, tzinfo=UTC))
