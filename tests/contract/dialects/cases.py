"""What the suite must know of each dialect: how its vendor's clients speak, and what its vendor promises."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256

from parcelhook.delivery.sender import Post
from parcelhook.model.response import Answer, EndpointResponse
from parcelhook.security.api_keys import KeyStyle

Verify = Callable[[Post, str, Mapping[str, Any]], None]
"""Raises unless the vendor's own signature of a delivery fits, given the subscription's secret and the JWK."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One dialect."""

    name: str
    style: KeyStyle
    header: str
    """The authentication header, with `{}` for the key."""
    path: str
    id_member: str
    new: Callable[[str], dict[str, Any]]
    """The body that subscribes a URL to tracking updates."""
    change: Callable[[str], dict[str, Any]]
    """The body that changes the URL."""
    created: int
    changed: int
    refused: int
    """The status of a refused field."""
    listed: Callable[[Any], list[dict[str, Any]]]
    error_message: Callable[[Any], str]
    timeout_seconds: float
    gives_up_on: frozenset[int]
    """Statuses that are not tried again."""
    verify: Verify
    attempts: int = 3
    """In all, where a failure is tried again."""
    url_member: str = "url"

    def headers(self, key: str) -> dict[str, str]:
        """How a client of the vendor's proves itself."""
        name, _, value = self.header.format(key).partition(": ")
        return {name.lower(): value}

    def attempts_at(self, answer: Answer) -> int:
        """How often an endpoint is asked that always fails in this way."""
        gives_up = isinstance(answer, EndpointResponse) and answer.status_code in self.gives_up_on
        return 1 if gives_up else self.attempts


def _verify_rsa(post: Post, _: str, jwk: Mapping[str, Any]) -> None:
    numbers = RSAPublicNumbers(_number(jwk["e"]), _number(jwk["n"]))
    assert post.headers["x-shipengine-rsa-sha256-key-id"] == jwk["kid"]
    signature = base64.b64decode(post.headers["x-shipengine-rsa-sha256-signature"])
    signed = post.headers["x-shipengine-timestamp"].encode() + b"." + post.body
    numbers.public_key().verify(signature, signed, PKCS1v15(), SHA256())


def _number(text: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(text + "=="), "big")


def _verify_hmac(header: str) -> Verify:
    def verify(post: Post, secret: str, _: Mapping[str, Any]) -> None:
        told = dict(part.split("=", 1) for part in post.headers[header].split(","))
        signed = told["t"].encode() + b"." + post.body
        assert hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() == told["v1"]

    return verify


SHIPENGINE = Case(
    name="shipengine",
    style=KeyStyle.SHIPENGINE,
    header="API-Key: {}",
    path="/v1/environment/webhooks",
    id_member="webhook_id",
    new=lambda url: {"event": "track", "url": url},
    change=lambda url: {"url": url},
    created=200,
    changed=204,
    refused=400,
    listed=lambda answer: list(answer),
    error_message=lambda answer: answer["errors"][0]["message"],
    timeout_seconds=10,
    gives_up_on=frozenset(),
    verify=_verify_rsa,
)
SHIPPO = Case(
    name="shippo",
    style=KeyStyle.SHIPPO,
    header="Authorization: ShippoToken {}",
    path="/webhooks",
    id_member="object_id",
    new=lambda url: {"event": "track_updated", "url": url, "active": True, "is_test": False},
    change=lambda url: {"event": "track_updated", "url": url, "active": True, "is_test": False},
    created=201,
    changed=200,
    refused=400,
    listed=lambda answer: answer["results"],
    error_message=lambda answer: str(next(iter(answer.values()))),
    timeout_seconds=3,
    gives_up_on=frozenset({301, 400, 404, 410}),
    verify=_verify_hmac("shippo-auth-signature"),
)
_EHUB_MEMBERS = {
    "subscription_type": "shipment_tracking",
    "status": "active",
    "payload_format": "json",
    "auth_type": "hmac",
}
EHUB = Case(
    name="ehub",
    style=KeyStyle.EHUB,
    header="Authorization: Bearer {}",
    path="/api/v2/subscriptions",
    id_member="id",
    new=lambda url: _EHUB_MEMBERS | {"url": url},
    change=lambda url: {"url": url},
    created=201,
    changed=200,
    refused=422,
    listed=lambda answer: answer["subscriptions"],
    error_message=lambda answer: answer["error_message"],
    timeout_seconds=30,
    gives_up_on=frozenset(),
    verify=_verify_hmac("x-ehub-signature"),
)
CASES = (SHIPENGINE, SHIPPO, EHUB)
