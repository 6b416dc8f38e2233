"""Secrets without RSA, for whom signing by it would take longer than all the rest."""

import base64

from parcelhook.security.parameters import ParameterSecrets
from parcelhook.security.signing import RsaSigner


class QuickSigner(RsaSigner):
    """RSA takes longer than all the rest of an attempt, and is not what is simulated."""

    key_id = "simulated"

    def sign(self, message: bytes) -> str:
        return base64.b64encode(message[:32]).decode()


class QuickSecrets(ParameterSecrets):
    """The real ones, but for RSA."""

    def rsa(self) -> RsaSigner:
        return QuickSigner(b"")
