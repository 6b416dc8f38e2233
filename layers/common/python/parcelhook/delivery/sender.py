"""POSTs a delivery to its endpoint, through httpx."""

import asyncio
import ssl
from collections.abc import Mapping
from functools import lru_cache
from typing import Protocol

import certifi
import httpx

from parcelhook.collaborators import collaborator
from parcelhook.delivery.transport import DeliveryTransport
from parcelhook.errors import AttemptTimeoutError, BadResponseError, NameNotFoundError
from parcelhook.model.response import EndpointResponse
from parcelhook.values import value

_LOCATION = "parcelhook.location"
_URLS_REMEMBERED = 1_000


@value(kw_only=True)
class Post:
    """What is to be sent, and for how long to wait, in seconds and all told."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    timeout_seconds: float


class Sender(Protocol):
    """Sends a POST."""

    async def send(self, post: Post) -> EndpointResponse:
        """The complete response. Raises an `AttemptError` where there is none in time."""
        ...


@collaborator
class HttpxSender:
    """Sends through a client that follows no redirect, keeps no cookie and reads no environment."""

    client: httpx.AsyncClient

    async def send(self, post: Post) -> EndpointResponse:
        try:
            async with asyncio.timeout(post.timeout_seconds):
                return await self._send(post)
        except TimeoutError as error:
            raise AttemptTimeoutError(f"No complete answer within {post.timeout_seconds:g} s.") from error
        except httpx.InvalidURL as error:
            raise NameNotFoundError("The endpoint's URL has no valid host name.") from error
        except (httpx.HTTPError, ValueError) as error:
            raise BadResponseError(f"The answer cannot be understood: {type(error).__name__}.") from error

    async def _send(self, post: Post) -> EndpointResponse:
        response = await self.client.send(_request(post), stream=True)
        body = b"".join([part async for part in response.aiter_raw()])
        return EndpointResponse(
            status_code=response.status_code,
            body=body,
            retry_after=response.headers.get("retry-after"),
            location=response.extensions.get(_LOCATION),
        )


def _request(post: Post) -> httpx.Request:
    """With all its headers: to add `host` and `content-length`, httpx would go over the others once more."""
    url = _parsed(post.url)
    headers = {"host": url.netloc.decode("ascii"), **post.headers}
    headers |= {"accept": "*/*", "accept-encoding": "identity", "connection": "close"}
    headers["content-length"] = str(len(post.body))
    request = httpx.Request("POST", url, headers=headers, stream=httpx.ByteStream(post.body))
    request.read()
    return request


@lru_cache(maxsize=_URLS_REMEMBERED)
def _parsed(url: str) -> httpx.URL:
    """Endpoints get many deliveries, and reading their URL takes httpx as long as building the request."""
    return httpx.URL(url)


class _NoCookies(httpx.Cookies):
    """Keeps nothing and sends nothing. An empty jar would do so too, after looking at every answer as `urllib` does."""

    def extract_cookies(self, response: httpx.Response) -> None:  # noqa: ARG002 - httpx's
        return

    def set_cookie_header(self, request: httpx.Request) -> None:  # noqa: ARG002 - httpx's
        return


class _Client(httpx.AsyncClient):
    _none = _NoCookies()

    # httpx's can be set as well; nobody sets what is not kept.
    @property  # type: ignore[misc]
    def cookies(self) -> httpx.Cookies:
        return self._none


def build_client(transport: DeliveryTransport) -> httpx.AsyncClient:
    """A client that adds nothing of its own to `transport`."""
    return _Client(
        transport=transport,
        follow_redirects=False,
        trust_env=False,
        timeout=httpx.Timeout(None),
        event_hooks={"response": [_set_location_aside]},
    )


async def _set_location_aside(response: httpx.Response) -> None:
    """httpx reads where a redirect leads even if it is not to follow it, and fails where that is no URL."""
    response.extensions[_LOCATION] = response.headers.pop("location", None)


def build_tls() -> ssl.SSLContext:
    """Verifies against the pinned certificate authorities, whatever the environment says. Takes some 30 ms."""
    context = ssl.create_default_context(cafile=certifi.where())
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context
