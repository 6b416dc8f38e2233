"""Secrets that are derived from one master secret instead of being stored one by one.

A signing secret is a function of the master secret, the subscription's id and a version number, so a table that leaks
holds no secret, and rotating one is counting up.
"""

import hashlib
import hmac

from parcelhook.collaborators import collaborator

MASTER_SECRET_BYTES = 32
_SECRET_BYTES = 32
_SALT = b"parcelhook/1"


def hkdf_sha256(key: bytes, *, salt: bytes, info: bytes, length: int) -> bytes:
    """HKDF with SHA-256 (RFC 5869): `length` bytes (up to 8,160) that only who knows `key` can tell."""
    pseudo_random_key = hmac.digest(salt, key, hashlib.sha256)
    output, block, counter = b"", b"", 0
    while len(output) < length:
        counter += 1
        block = hmac.digest(pseudo_random_key, block + info + bytes([counter]), hashlib.sha256)
        output += block
    return output[:length]


@collaborator
class MasterSecret:
    """The secret that all others come from."""

    value: bytes

    def signing_secret(self, subscription_id: str, version: int) -> bytes:
        """The 32 bytes that sign deliveries of this subscription."""
        info = f"signing/{subscription_id}/{version}".encode()
        return hkdf_sha256(self.value, salt=_SALT, info=info, length=_SECRET_BYTES)

    def sealing_key(self) -> bytes:
        """The 32 bytes that encrypt secrets which subscribers supply."""
        return hkdf_sha256(self.value, salt=_SALT, info=b"sealing", length=_SECRET_BYTES)
