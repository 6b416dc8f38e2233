"""Headers that subscribers may ask for on their deliveries."""

import re

MOST_HEADERS = 10
_LONGEST_VALUE = 1_000
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_VALUE = re.compile(r"[\x20-\x7e]*")

# What HTTP uses between two hops, what says how a body is read, and what we say ourselves.
_TAKEN = frozenset(
    {
        "accept",
        "accept-encoding",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "cookie",
        "date",
        "expect",
        "forwarded",
        "host",
        "http2-settings",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
        "via",
    }
)
# Shown in place of a value that opens a door.
MASK = "********"
# How subscribers name the headers that their own gateways let a delivery in by. Signatures prove, but open nothing.
_CREDENTIAL = re.compile(r"authorization|cookie|token|secret|password|api-?key", re.IGNORECASE)
_TAKEN_PREFIXES = ("parcelhook-", "proxy-", "webhook-", "x-amzn-", "x-forwarded-", "x-parcelhook-")


def name_fault(name: str, vendors: tuple[str, ...]) -> str | None:
    """Why a subscriber may not have a header of this name, or None. `vendors` is how the vendors' own names begin."""
    if not _NAME.fullmatch(name):
        return "This is not the name of a header."
    if name.lower() in _TAKEN or name.lower().startswith((*_TAKEN_PREFIXES, *vendors)):
        return f"The header {name} is set by the delivery itself."
    return None


def value_fault(value: str) -> str | None:
    """Why a header may not have this value, or None."""
    if len(value) > _LONGEST_VALUE:
        return f"The value must be at most {_LONGEST_VALUE} characters long."
    if not _VALUE.fullmatch(value):
        return "The value must be printable ASCII."
    return None


def masked(name: str, value: str) -> str:
    """A header's value as anybody may see it. The scheme of an authorization is no secret (RFC 9110, section 11.4)."""
    if not _CREDENTIAL.search(name):
        return value
    scheme, space, _ = value.partition(" ")
    return f"{scheme} {MASK}" if name.lower() == "authorization" and space else MASK
