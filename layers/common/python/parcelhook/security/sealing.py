"""Secrets that subscribers supply, encrypted with a key that is derived from the master secret.

AES-256-GCM with a random nonce in front. What a secret belongs to is authenticated with it, so that a sealed secret
that is moved to another row cannot be opened there.
"""

from parcelhook.collaborators import collaborator
from parcelhook.ids import RandomBytes
from parcelhook.security.secrets import MasterSecret

_NONCE_BYTES = 12


@collaborator
class Sealer:
    """Seals and opens."""

    master: MasterSecret

    def seal(self, secret: str, belongs_to: str, random_bytes: RandomBytes) -> bytes:
        """`secret`, such that only this deployment can open it, and only for `belongs_to`."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = random_bytes(_NONCE_BYTES)
        return nonce + AESGCM(self.master.sealing_key()).encrypt(nonce, secret.encode(), belongs_to.encode())

    def open(self, sealed: bytes, belongs_to: str) -> str:
        """The secret that `seal` was given."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce, encrypted = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        return AESGCM(self.master.sealing_key()).decrypt(nonce, encrypted, belongs_to.encode()).decode()


def place(subscription_id: str, name: str) -> str:
    """What a subscriber's secret belongs to."""
    return f"subscription/{subscription_id}/{name}"
