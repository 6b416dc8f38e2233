"""What an endpoint asks for with `Retry-After`."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_MOST_DIGITS = 9


def retry_after(text: str | None, now: datetime) -> timedelta | None:
    """What a `Retry-After` header asks for: seconds or a date (RFC 9110 section 10.2.3). None where it is neither."""
    if not text:
        return None
    digits = text.strip()
    if digits.isdecimal():
        return timedelta(seconds=int(digits) if len(digits) <= _MOST_DIGITS else 10**_MOST_DIGITS)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return max(moment.replace(tzinfo=moment.tzinfo or UTC) - now, timedelta(0))
