"""What comes back from an endpoint."""

from parcelhook.errors import AttemptError
from parcelhook.values import value

LEDGER_BODY_BYTES = 1024


@value(kw_only=True)
class EndpointResponse:
    """A complete response of an endpoint."""

    status_code: int
    body: bytes
    """As it came, never inflated."""
    retry_after: str | None = None
    location: str | None = None

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
