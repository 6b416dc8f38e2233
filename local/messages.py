"""An HTTP request and response, complete and in memory."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """`path` is percent-decoded, `query` is not; header names are in lower case."""

    method: str
    path: str
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    protocol: str = "HTTP/1.1"
    client: str = "127.0.0.1"

    def joined_headers(self) -> dict[str, str]:
        """One value for each name: several are joined with a comma."""
        joined: dict[str, str] = {}
        for name, value in self.headers:
            joined[name] = f"{joined[name]},{value}" if name in joined else value
        return joined


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """`headers` in the order sent; names in lower case."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


def json_response(status: int, text: str) -> Response:
    return Response(status=status, headers=(("content-type", "application/json"),), body=text.encode())
