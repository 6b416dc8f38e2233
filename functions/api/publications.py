"""What is published, over HTTP or from a queue, as drafts: the same rules for both."""

from datetime import datetime

from parcelhook.catalogue import parse_publication
from parcelhook.catalogue.values import MAX_PROBLEMS
from parcelhook.compact_json import to_json
from parcelhook.errors import BodyTooLargeError, InvalidRequestError, MalformedBodyError, Problem
from parcelhook.publishing import Draft

MOST_EVENTS = 100
LONGEST_EVENT_BYTES = 64 * 1024


def drafts_of(content: object, *, pointer: str = "", body_bytes: int, now: datetime, hops: int = 0) -> list[Draft]:
    """An event or a list of events, found at `pointer` in a body of so many bytes, as drafts. All or nothing.

    Raises `MalformedBodyError`, `BodyTooLargeError`, or `InvalidRequestError` with the problems of all events.
    """
    items = _items(content, pointer)
    if body_bytes > LONGEST_EVENT_BYTES:
        for item, place in items:
            _refuse_large(item, place)
    return _drafts(items, now=now, hops=hops)


def _items(content: object, pointer: str) -> list[tuple[object, str]]:
    """What is published, and where in the body each item is."""
    if isinstance(content, dict):
        return [(content, pointer)]
    if not isinstance(content, list):
        raise MalformedBodyError("The body must be an event or a list of events.")
    if not 1 <= len(content) <= MOST_EVENTS:
        raise InvalidRequestError([Problem(pointer, f"A list must have 1 to {MOST_EVENTS} events.")])
    return [(item, f"{pointer}/{position}") for position, item in enumerate(content)]


def _refuse_large(item: object, pointer: str) -> None:
    size = len(to_json(item).encode(errors="surrogatepass"))
    if size > LONGEST_EVENT_BYTES:
        message = f"An event may have at most {LONGEST_EVENT_BYTES} bytes; this one has {size}."
        raise BodyTooLargeError(message, limit=LONGEST_EVENT_BYTES, pointer=pointer)


def _drafts(items: list[tuple[object, str]], *, now: datetime, hops: int) -> list[Draft]:
    drafts: list[Draft] = []
    problems: list[Problem] = []
    for item, pointer in items:
        try:
            parsed = parse_publication(item, pointer=pointer, now=now)
        except InvalidRequestError as error:
            problems += error.problems
            continue
        drafts.append(
            Draft(
                type=parsed.type,
                data=parsed.data,
                client_id=parsed.client_id,
                occurred_at=parsed.occurred_at,
                hops=hops,
                pointer=pointer,
            )
        )
    if problems:
        raise InvalidRequestError(problems[:MAX_PROBLEMS])
    return drafts
