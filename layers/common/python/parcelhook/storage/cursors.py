"""Cursors of lists: opaque to callers, and worth nothing outside their account.

A cursor holds only a position in a list. The partition that is read, and with it the account, always comes from the
caller's API key, so a forged cursor can at most skip items of the forger's own.
"""

import base64
import re

from parcelhook.errors import InvalidRequestError, Problem
from parcelhook.ids import is_ulid

# An event's ULID, and in lists of deliveries the subscription's id.
_POSITION = re.compile(r"(?P<ulid>[0-9A-Z]{26})(#[A-Za-z0-9-]{1,64})?")


def to_cursor(position: str) -> str:
    """`position` as URL-safe text."""
    return base64.urlsafe_b64encode(position.encode()).decode().rstrip("=")


def from_cursor(cursor: str) -> str:
    """The position in `cursor`. Raises `InvalidRequestError` where it has none."""
    try:
        position = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except ValueError:
        position = ""
    match = _POSITION.fullmatch(position)
    if match is None or not is_ulid(match["ulid"]):
        raise InvalidRequestError([Problem("?cursor", "This cursor is not one that a list answered with.")])
    return position
