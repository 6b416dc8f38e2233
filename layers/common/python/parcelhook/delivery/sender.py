"""POSTs a delivery to its endpoint, through httpx."""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Protocol

import certifi
import httpx

from parcelhook.delivery.transport import DeliveryTransport
from parcelhook.errors import AttemptTimeoutError, BadResponseError, NameNotFoundError
from parcelhook.model.response import EndpointResponse

_LOCATION = "parcelhook.location"


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True)
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
        headers = {**post.headers, "accept": "*/*", "accept-encoding": "identity", "connection": "close"}
        request = httpx.Request("POST", post.url, headers=headers, content=post.body)
        response = await self.client.send(request, stream=True)
        body = b"".join([part async for part in response.aiter_raw()])
        return EndpointResponse(
            status_code=response.status_code,
            body=body,
            retry_after=response.headers.get("retry-after"),
            location=response.extensions.get(_LOCATION),
        )


def build_client(transport: DeliveryTransport) -> httpx.AsyncClient:
    """A client that adds nothing of its own to `transport`."""
    no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    return httpx.AsyncClient(
        transport=transport,
        cookies=no_cookies,
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
