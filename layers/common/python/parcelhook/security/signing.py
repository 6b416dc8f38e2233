"""Signatures of deliveries: Standard Webhooks (HMAC) for every dialect, RSA for those whose vendor signs so."""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

RSA_BITS = 2048


def standard_webhooks_secret(secret: bytes) -> str:
    """`secret` as Standard Webhooks libraries take it."""
    return "whsec_" + base64.b64encode(secret).decode()


def standard_webhooks_headers(
    secrets: Sequence[bytes], *, message_id: str, body: bytes, now: datetime
) -> dict[str, str]:
    """Headers of the Standard Webhooks specification 1.0, signed with each of `secrets`.

    Two secrets sign while one replaces the other; a receiver accepts a delivery when either fits.
    """
    timestamp = str(int(now.timestamp()))
    signed = b".".join([message_id.encode(), timestamp.encode(), body])
    signatures = [base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode() for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


def timestamped_signature(keys: Sequence[str], body: bytes, now: datetime) -> str:
    """`t=<unix>,v1=<hex HMAC-SHA256 of "<t>.<body>">`, with a `v1` for each of `keys`, as several vendors sign."""
    timestamp = str(int(now.timestamp()))
    signed = timestamp.encode() + b"." + body
    signatures = [hmac.new(key.encode(), signed, hashlib.sha256).hexdigest() for key in keys]
    return ",".join([f"t={timestamp}", *(f"v1={signature}" for signature in signatures)])


@dataclass(repr=False)
class RsaSigner:
    """Signs with RSA PKCS#1 v1.5 and SHA-256, some 0.7 ms each. `pem` is the private key, loaded when first used."""

    pem: bytes

    @cached_property
    def _key(self) -> "RSAPrivateKey":
        # cryptography takes its time to import, and most functions never sign.
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        key = load_pem_private_key(self.pem, password=None)
        if not isinstance(key, RSAPrivateKey):
            raise TypeError("the signing key is not an RSA key")
        return key

    def sign(self, message: bytes) -> str:
        """The signature of `message`, in base64."""
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256

        return base64.b64encode(self._key.sign(message, PKCS1v15(), SHA256())).decode()

    @cached_property
    def key_id(self) -> str:
        """The key's JWK thumbprint (RFC 7638)."""
        canonical = json.dumps(self._numbers, sort_keys=True, separators=(",", ":"))
        return _base64url(hashlib.sha256(canonical.encode()).digest())

    @property
    def jwk(self) -> dict[str, Any]:
        """The public half as a JSON Web Key."""
        return self._numbers | {"kid": self.key_id, "use": "sig", "alg": "RS256"}

    @cached_property
    def _numbers(self) -> dict[str, Any]:
        public = self._key.public_key().public_numbers()
        return {"kty": "RSA", "n": _base64url(_to_bytes(public.n)), "e": _base64url(_to_bytes(public.e))}


def new_rsa_key() -> bytes:
    """A new private key, as PEM."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _to_bytes(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
