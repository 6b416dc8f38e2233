"""What an attempt means."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from parcelhook.errors import AttemptError

LEDGER_BODY_BYTES = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointResponse:
    """A complete response of an endpoint."""

    status_code: int
    body: bytes
    """As it came, never inflated."""
    retry_after: str | None = None

    @property
    def is_success(self) -> bool:
        """Any 2xx: the rule of all three vendors."""
        return 200 <= self.status_code <= 299

    @property
    def body_start(self) -> str:
        """The first KiB as text, for the ledger."""
        return self.body[:LEDGER_BODY_BYTES].decode(errors="replace")


Answer = EndpointResponse | AttemptError
"""What a POST brought: a response, or the reason that there is none."""


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
