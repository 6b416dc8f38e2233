"""Calls the api, and tells what it refuses as a person would."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from cli.failures import CommandError

_TIMEOUT_SECONDS = 30.0
_LONGEST_WAIT_SECONDS = 60.0
_OVERLOADED = (429, 503)
_PAGE = 100


class ApiError(CommandError):
    """Raised for an answer that is not a success."""

    def __init__(self, answer: httpx.Response) -> None:
        self.status = answer.status_code
        self.problem = _problem(answer)
        super().__init__(_sentence(answer, self.problem))

    @property
    def errors(self) -> list[dict[str, str]]:
        """What is wrong where: members `pointer` and `detail`."""
        found: list[dict[str, str]] = self.problem.get("errors", [])
        return found


@dataclass(frozen=True, slots=True)
class ApiClient:
    """An api with a key. All calls raise `CommandError`: `ApiError` for what the api refuses."""

    http: httpx.Client
    sleep: Callable[[float], None] = field(default=time.sleep)
    reading_tries: int = 1
    """How often something is read while the api is overloaded or cannot be reached."""

    def get(self, path: str, **query: object) -> Any:
        """What is at `path`; parameters that are None are left out."""
        wanted = {name: str(value) for name, value in query.items() if value is not None}
        return self.call("GET", path, query=wanted, tries=self.reading_tries)

    def call(
        self, method: str, path: str, content: object = None, *, query: Mapping[str, str] | None = None, tries: int = 1
    ) -> Any:
        """Calls once, or up to `tries` times while the api is overloaded or cannot be reached.

        More than one try is for calls that may be repeated without harm.
        """
        for number in range(1, tries + 1):
            try:
                answer = self.http.request(method, path, params=query, **_body(content))
            except httpx.TransportError as error:
                if number == tries:
                    raise CommandError(f"{self.http.base_url} cannot be reached: {error}") from error
                self.sleep(_wait(None, number))
                continue
            if answer.status_code in _OVERLOADED and number < tries:
                self.sleep(_wait(answer.headers.get("retry-after"), number))
                continue
            if not answer.is_success:
                raise ApiError(answer)
            return _json(answer) if answer.content else None
        raise AssertionError("a call has at least one try")

    def pages(self, path: str, member: str, *, most: int | None = None, **query: object) -> Iterator[dict[str, Any]]:
        """The elements of a list, over all its pages, or the first `most`."""
        left, cursor = most, None
        while left is None or left > 0:
            limit = _PAGE if left is None else min(left, _PAGE)
            page = self.get(path, **query, limit=limit, cursor=cursor)
            yield from page[member]
            left = None if left is None else left - len(page[member])
            cursor = page["next"]
            if cursor is None:
                return


def build_http(base_url: str, key: str, transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """A connection that carries `key`, in the forms of all vendors' routes."""
    headers = {"API-Key": key, "Authorization": f"Bearer {key}", "User-Agent": "parcelhook-cli"}
    return httpx.Client(base_url=base_url, headers=headers, timeout=_TIMEOUT_SECONDS, transport=transport)


def _body(content: object) -> dict[str, Any]:
    """JSON in ASCII, which holds whatever was typed, half of a surrogate pair too: the api tells what is wrong."""
    if content is None:
        return {}
    return {"content": json.dumps(content).encode(), "headers": {"Content-Type": "application/json"}}


def _wait(retry_after: str | None, number: int) -> float:
    """Seconds until the next try: what the api asks for, else longer each time."""
    wished = float(retry_after) if retry_after and retry_after.isdecimal() else 0.5 * 2**number
    return min(wished, _LONGEST_WAIT_SECONDS)


def _json(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError as error:
        raise CommandError(f"{answer.request.url} does not answer as Parcelhook does; is the URL right?") from error


def _problem(answer: httpx.Response) -> dict[str, Any]:
    try:
        content = answer.json()
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _sentence(answer: httpx.Response, problem: Mapping[str, Any]) -> str:
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        return "The API key is not accepted. Was it revoked, or is it of another deployment?"
    lines = [f"{_place(each['pointer'])}{each['detail']}" for each in problem.get("errors", []) if "pointer" in each]
    if not lines:
        lines = [str(problem.get("detail") or problem.get("message") or f"The api answered {answer.status_code}.")]
    if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR and "request_id" in problem:
        lines.append(f"Request {problem['request_id']}.")
    return "\n".join(lines)


def _place(pointer: str) -> str:
    return f"{pointer.lstrip('/')}: " if pointer else ""
