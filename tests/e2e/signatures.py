"""Verifies deliveries as their receivers do."""

import base64
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256
from standardwebhooks import Webhook

MOST_SKEW_SECONDS = 300


def verify_standard(request: dict[str, Any], secret: str) -> None:
    """By the Standard Webhooks library. Raises when the signature is not valid."""
    Webhook(secret).verify(request["body"], request["headers"])


def verify_shipengine(request: dict[str, Any], jwks: dict[str, Any]) -> None:
    """By ShipEngine's validation guide. Raises when the signature is not valid."""
    headers = request["headers"]
    timestamp = headers["x-shipengine-timestamp"]
    skew = datetime.now(UTC) - datetime.fromisoformat(timestamp)
    assert abs(skew.total_seconds()) < MOST_SKEW_SECONDS
    (key,) = [key for key in jwks["keys"] if key["kid"] == headers["x-shipengine-rsa-sha256-key-id"]]
    numbers = RSAPublicNumbers(n=_integer(key["n"]), e=_integer(key["e"]))
    signature = base64.b64decode(headers["x-shipengine-rsa-sha256-signature"])
    numbers.public_key().verify(signature, f"{timestamp}.{request['body']}".encode(), PKCS1v15(), SHA256())


def _integer(text: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
