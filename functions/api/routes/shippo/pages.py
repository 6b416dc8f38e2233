"""Shippo's pages: `?page=&results=`, as the vendor's reference and Django REST have them."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from functions.api.http import Request
from parcelhook.errors import NotFoundError

DEFAULT_RESULTS = 25
MOST_RESULTS = 100


def page_of(told: Sequence[dict[str, Any]], request: Request) -> dict[str, Any]:
    """A page of a list, and where its neighbours are. Raises `NotFoundError` for one that does not exist.

    A neighbour that does not exist is left out: the vendor's JavaScript client refuses a null there.
    """
    size = min(_number(request.query.get("results")) or DEFAULT_RESULTS, MOST_RESULTS)
    page, last = _number(request.query.get("page", "1")), max(1, -(-len(told) // size))
    if not 1 <= page <= last:
        raise NotFoundError(f"There is no page {page} of {last}.")
    neighbours = {"next": page + 1, "previous": page - 1}
    return {name: _url(request, number) for name, number in neighbours.items() if 1 <= number <= last} | {
        "count": len(told),
        "results": list(told[(page - 1) * size : page * size]),
    }


def _number(text: str | None) -> int:
    """0 for what is no number."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) <= 6 else 0


def _url(request: Request, page: int) -> str:
    scheme, host = request.headers.get("x-forwarded-proto", "https"), request.headers.get("host", "")
    query = {"page": page} | {name: value for name, value in request.query.items() if name == "results"}
    return f"{scheme}://{host}{request.path}?{urlencode(query)}"
