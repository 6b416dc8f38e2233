"""Webhooks signed as Parcelhook signs them, by its own code: what is tested is that the listener agrees with it."""

import base64
from datetime import UTC, datetime

from parcelhook.security.signing import (
    RsaSigner,
    new_rsa_key,
    standard_webhooks_headers,
    standard_webhooks_secret,
    timestamped_signature,
)

KEY = b"0123456789abcdef0123456789abcdef"
SECRET = standard_webhooks_secret(KEY)
NOW = 1_800_000_000.0
BODY = b'{"event":"batch_created","test":false,"data":"batch b1 created"}'


def standard(body: bytes = BODY, *, now: float = NOW, webhook_id: str = "dlv_1") -> dict[str, str]:
    """Headers with the signature of Standard Webhooks alone."""
    return standard_webhooks_headers([KEY], message_id=webhook_id, body=body, now=_moment(now))


def shippo(body: bytes = BODY, *, now: float = NOW, webhook_id: str = "dlv_1") -> dict[str, str]:
    """Headers with both signatures of a Shippo webhook."""
    signature = timestamped_signature([SECRET], body, _moment(now))
    return standard(body, now=now, webhook_id=webhook_id) | {"shippo-auth-signature": signature}


class Rsa:
    """A service with an RSA key, and what it publishes of it."""

    def __init__(self) -> None:
        self._signer = RsaSigner(new_rsa_key())
        self.fetched = 0

    def fetch(self, url: str) -> object:
        self.fetched += 1
        return {"keys": [self._signer.jwk]}

    def headers(self, body: bytes = BODY, *, now: float = NOW) -> dict[str, str]:
        """ShipEngine's three headers."""
        timestamp = f"{_moment(now):%Y-%m-%dT%H:%M:%SZ}"
        return {
            "x-shipengine-rsa-sha256-key-id": self._signer.key_id,
            "x-shipengine-rsa-sha256-signature": self._signer.sign(timestamp.encode() + b"." + body),
            "x-shipengine-timestamp": timestamp,
        }


def basic(username: str, password: str) -> dict[str, str]:
    """The header of basic authentication."""
    return {"authorization": "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()}


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
