"""How many deliveries led to what is published: receivers that publish pass our header on, so that loops end."""

from functions.api.http import Request
from parcelhook.errors import InvalidRequestError, LoopError, Problem
from parcelhook.model.event import HOPS_HEADER, MOST_HOPS


def hops_of(request: Request) -> int:
    """What the header says, 0 without it. Raises `InvalidRequestError`, or `LoopError` for a chain that is too long."""
    text = request.headers.get(HOPS_HEADER, "0").strip()
    if not (text.isascii() and text.isdigit()):
        raise InvalidRequestError([Problem("", f"The header {HOPS_HEADER} must be a whole number.")])
    # What is longer is beyond the limit too, and need not be read.
    hops = int(text) if len(text) <= len(str(MOST_HOPS)) else MOST_HOPS + 1
    if hops > MOST_HOPS:
        raise LoopError(
            f"This event follows from more than {MOST_HOPS} deliveries, one after the other. It is taken for a loop "
            "and was not published; do not try it again."
        )
    return hops
