"""Cursors of lists: opaque to callers, and worth nothing outside the list they came from.

A cursor holds only a sort key. The partition, and with it the account, always comes from the caller's API key, so a
forged cursor can at most skip items of the forger's own.
"""

import base64
import binascii

from parcelhook.errors import InvalidRequestError, Problem


def to_cursor(sort_key: str) -> str:
    """`sort_key` as URL-safe text."""
    return base64.urlsafe_b64encode(sort_key.encode()).decode().rstrip("=")


def from_cursor(cursor: str, beginning: str) -> str:
    """The sort key in `cursor`. Raises `InvalidRequestError` unless it is one of the list that begins so."""
    try:
        sort_key = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        sort_key = ""
    if not sort_key or not sort_key.startswith(beginning) or len(sort_key) > 1024 or not sort_key.isprintable():
        raise InvalidRequestError([Problem("/cursor", "This cursor is not one that a list answered with.")])
    return sort_key
