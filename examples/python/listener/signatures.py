"""Whether a webhook is from the service that it says it is from.

Two checks, and both must pass. The vendor's signature covers time and body. That of Standard Webhooks covers the id
too, which makes it safe to recognise duplicates by the id.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from listener.jwks import PublicKeys

TOLERANCE_SECONDS = 300
"""How far a signature's time may be from ours."""

Headers = Mapping[str, str]
Check = Callable[[Headers, bytes, float], None]
"""Takes headers, body and the time (seconds since 1970); raises `SignatureError`."""


class SignatureError(Exception):
    """A webhook is not signed as it should be, or was signed too long ago."""


@dataclass(frozen=True, slots=True)
class Source:
    """One vendor's webhooks."""

    secrets: tuple[str, ...]
    """As `GET /v1/subscriptions/{id}/secret` shows them: `whsec_…`."""
    vendor_check: Check

    def verify(self, headers: Headers, body: bytes, now: float) -> str:
        """The webhook's id, which is the same each time it is sent. Raises `SignatureError`."""
        message_id = verify_standard(self.secrets, headers, body, now)
        self.vendor_check(headers, body, now)
        return message_id


def verify_standard(secrets: Iterable[str], headers: Headers, body: bytes, now: float) -> str:
    """Checks the signature of Standard Webhooks and returns the webhook's id. Raises `SignatureError`."""
    message_id, timestamp = _header(headers, "webhook-id"), _header(headers, "webhook-timestamp")
    _check_time(timestamp, now)
    signed = b".".join([message_id.encode(), timestamp.encode(), body])
    expected = [
        base64.b64encode(hmac.digest(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256)).decode()
        for secret in secrets
    ]
    given = [part.removeprefix("v1,") for part in _header(headers, "webhook-signature").split(" ")]
    _check_any(given, expected)
    return message_id


def hmac_header(name: str, secrets: Iterable[str]) -> Check:
    """Shippo's and eHub's: `t=<unix time>,v1=<hex HMAC-SHA256 of "<t>.<body>">`, keyed with the secret's whole text."""

    def check(headers: Headers, body: bytes, now: float) -> None:
        parts = [part.partition("=") for part in _header(headers, name).split(",")]
        timestamp = next((value for key, _, value in parts if key == "t"), "")
        _check_time(timestamp, now)
        signed = timestamp.encode() + b"." + body
        expected = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets]
        # While a secret is replaced there are two.
        _check_any([value for key, _, value in parts if key == "v1"], expected)

    return check


def shipengine_rsa(keys: PublicKeys) -> Check:
    """ShipEngine's: RSA over `<timestamp>.<body>`, with the key of that id from the service's `/jwks`."""

    def check(headers: Headers, body: bytes, now: float) -> None:
        timestamp = _header(headers, "x-shipengine-timestamp")
        try:
            _check_skew(datetime.fromisoformat(timestamp).timestamp(), now)
            signature = base64.b64decode(_header(headers, "x-shipengine-rsa-sha256-signature"), validate=True)
        except (ValueError, binascii.Error) as error:
            raise SignatureError("x-shipengine-timestamp or the signature cannot be read") from error
        key_id = _header(headers, "x-shipengine-rsa-sha256-key-id")
        if not keys.has_signed(key_id, signature, timestamp.encode() + b"." + body):
            raise SignatureError("the RSA signature does not fit")

    return check


def basic_auth(username: str, password: str) -> Check:
    """eHub's `http_basic`: user name and password in the header `Authorization`."""
    expected = "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()

    def check(headers: Headers, body: bytes, now: float) -> None:  # noqa: ARG001 - signs neither
        _check_any([_header(headers, "authorization")], [expected])

    return check


def _header(headers: Headers, name: str) -> str:
    if not (value := headers.get(name)):
        raise SignatureError(f"the header {name} is missing")
    return value


def _check_time(timestamp: str, now: float) -> None:
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12):
        raise SignatureError("the signature's time cannot be read")
    _check_skew(int(timestamp), now)


def _check_skew(moment: float, now: float) -> None:
    if abs(moment - now) > TOLERANCE_SECONDS:
        raise SignatureError("the signature is too old, or this machine's clock is wrong")


def _check_any(given: Iterable[str], expected: Iterable[str]) -> None:
    """Compares each in a time that does not tell how much of it was right."""
    pairs = [(one.encode(), other.encode()) for one in given for other in expected]
    if not any(hmac.compare_digest(one, other) for one, other in pairs):
        raise SignatureError("the signature does not fit")
