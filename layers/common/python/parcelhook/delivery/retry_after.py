"""What an endpoint asks for with `Retry-After`."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime


def retry_after(text: str | None, now: datetime) -> timedelta | None:
    """What a `Retry-After` header asks for: seconds or a date (RFC 9110 section 10.2.3). None where it is neither."""
    if not text:
        return None
    if text.strip().isdecimal():
        return timedelta(seconds=min(int(text), 10**9))
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(moment.replace(tzinfo=moment.tzinfo or UTC) - now, timedelta(0))
