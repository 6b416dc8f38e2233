"""Every error of ours.

ParcelhookError
├── SettingsError
├── CallerError                       the caller can mend it
│   ├── MalformedBodyError
│   ├── MalformedIdError
│   ├── BodyTooLargeError
│   ├── InvalidRequestError
│   ├── UnauthenticatedError
│   ├── ForbiddenError
│   ├── NotFoundError
│   ├── MethodNotAllowedError
│   ├── LoopError
│   ├── TooManyEventsError
│   └── ConflictError
│       ├── SubscriptionExistsError
│       ├── ConcurrentChangeError
│       ├── NotSendableError
│       └── EventIdReusedError
├── UnavailableError                  AWS asks to come back later; nothing was half-written
│   └── SecretMissingError
├── PoisonedMessageError              a queue message that nobody can read; it goes to the dead-letter queue
└── AttemptError                      one POST failed; what follows is the retry policy's to say
    ├── AddressRefusedError
    ├── NameNotFoundError
    ├── ConnectionFailedError
    ├── CertificateRefusedError
    ├── AttemptTimeoutError
    ├── BadResponseError
    └── ResponseTooLargeError
"""

from collections.abc import Sequence

from parcelhook.values import value


class ParcelhookError(Exception):
    """Base of all our errors."""


class SettingsError(ParcelhookError):
    """Raised when the environment does not describe a system that can run."""


class CallerError(ParcelhookError):
    """Raised for what a caller did wrong and can mend."""


class MalformedBodyError(CallerError):
    """Raised when a body cannot be read at all: not UTF-8, not JSON, empty, or not of the form asked for."""


class MalformedIdError(CallerError):
    """Raised when an id is not of the form that ids of its kind have."""


class BodyTooLargeError(CallerError):
    """Raised when a body, or one event in it, is larger than accepted."""

    def __init__(self, message: str, *, limit: int, pointer: str = "") -> None:
        super().__init__(message)
        self.limit = limit
        self.pointer = pointer


@value
class Problem:
    """One thing wrong with a request: `pointer` (RFC 6901) says where, `message` what."""

    pointer: str
    message: str

    @property
    def field(self) -> str:
        """The first member that the pointer names, or an empty text."""
        return self.pointer.removeprefix("/").split("/", 1)[0]


class InvalidRequestError(CallerError):
    """Raised when a request was read but says something that is not allowed."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{problem.pointer}: {problem.message}" for problem in problems))
        self.problems = tuple(problems)


class UnauthenticatedError(CallerError):
    """Raised when an API key is missing, unknown or revoked."""

    def __init__(self, message: str, *, missing: bool = False) -> None:
        super().__init__(message)
        self.missing = missing


class ForbiddenError(CallerError):
    """Raised when a valid API key may not do what it asks for."""


class NotFoundError(CallerError):
    """Raised when there is no such thing, or when it is another account's."""


class MethodNotAllowedError(CallerError):
    """Raised when a path exists but not with this method."""

    def __init__(self, method: str, allowed: Sequence[str]) -> None:
        super().__init__(f"{method} is not possible here; try {', '.join(allowed)}.")
        self.allowed = tuple(allowed)


class LoopError(CallerError):
    """Raised when an event would follow from too many deliveries, each of them following from the one before."""


class TooManyEventsError(CallerError):
    """Raised when an account publishes faster than it may. Nothing was queued."""

    def __init__(self, message: str, *, retry_after_seconds: int) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class ConflictError(CallerError):
    """Raised when a request contradicts what is already stored."""


class SubscriptionExistsError(ConflictError):
    """Raised when a dialect allows one subscription for an event and there is one: `subscription_id`, where known."""

    def __init__(self, message: str, *, subscription_id: str | None = None) -> None:
        super().__init__(message)
        self.subscription_id = subscription_id


class ConcurrentChangeError(ConflictError):
    """Raised when somebody else changed the same thing in between."""


class NotSendableError(ConflictError):
    """Raised when something is to be sent that has lost its event, or whose subscription takes nothing."""


class EventIdReusedError(ConflictError):
    """Raised when an event id was published before with other content."""

    def __init__(self, event_id: str, pointer: str) -> None:
        super().__init__(f"The event id {event_id!r} was published before with other content.")
        self.pointer = pointer


class UnavailableError(ParcelhookError):
    """Raised when AWS refuses for now (throttling, an outage) and asking again later may work.

    `perhaps_done` says that the answer got lost, so that what was asked for may have happened all the same.
    """

    def __init__(self, message: str, *, retry_after_seconds: int = 1, perhaps_done: bool = False) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds
        self.perhaps_done = perhaps_done


class SecretMissingError(UnavailableError):
    """Raised when a secret of the deployment was not made yet."""


class PoisonedMessageError(ParcelhookError):
    """Raised when a queue message has a form or a version that this code does not know."""


class AttemptError(ParcelhookError):
    """Raised when a POST brought no complete response. `code` names the kind in the ledger."""

    code = "failed"


class AddressRefusedError(AttemptError):
    """Raised before connecting, when a host has an address that is not public."""

    code = "address_refused"


class NameNotFoundError(AttemptError):
    """Raised when a host name has no address."""

    code = "name_not_found"


class ConnectionFailedError(AttemptError):
    """Raised when a connection cannot be made, or breaks before the response is complete."""

    code = "connection_failed"


class CertificateRefusedError(AttemptError):
    """Raised when TLS fails: an expired, unknown or wrong certificate, or no common protocol."""

    code = "certificate_refused"


class AttemptTimeoutError(AttemptError):
    """Raised when the response is not complete within the dialect's timeout."""

    code = "timeout"


class BadResponseError(AttemptError):
    """Raised when what comes back is not HTTP/1.1."""

    code = "bad_response"


class ResponseTooLargeError(AttemptError):
    """Raised when a response is larger than is read."""

    code = "response_too_large"
