"""API keys: how they look, how they are stored, how they are checked."""

import base64
import hashlib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from parcelhook.clock import Clock
from parcelhook.errors import UnauthenticatedError
from parcelhook.ids import RandomBytes
from parcelhook.model.account import ApiKey, Mode, Principal

_SECRET_BYTES = 32
# A bound on memory, not on accounts: the oldest are simply asked for again.
_REMEMBERED = 1_000


class KeyStyle(StrEnum):
    """How a key begins. Clients of the vendors look at that; any key works in any dialect's header."""

    SHIPENGINE = "shipengine"
    SHIPPO = "shippo"
    EHUB = "ehub"


_PREFIXES = {
    (KeyStyle.SHIPENGINE, Mode.LIVE): "live_",
    (KeyStyle.SHIPENGINE, Mode.TEST): "TEST_",
    (KeyStyle.SHIPPO, Mode.LIVE): "shippo_live_",
    (KeyStyle.SHIPPO, Mode.TEST): "shippo_test_",
    (KeyStyle.EHUB, Mode.LIVE): "ehub_",
    (KeyStyle.EHUB, Mode.TEST): "ehub_test_",
}


def new_key(style: KeyStyle, mode: Mode, random_bytes: RandomBytes) -> str:
    """A key of 256 random bits."""
    secret = base64.urlsafe_b64encode(random_bytes(_SECRET_BYTES)).decode().rstrip("=")
    return _PREFIXES[style, mode] + secret


def digest(key: str) -> str:
    """What is stored of a key. A slow hash would protect nothing: there are 256 bits to guess."""
    return hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()


def hint(key: str) -> str:
    """Enough of a key to recognise it."""
    prefix = max((prefix for prefix in _PREFIXES.values() if key.startswith(prefix)), key=len, default="")
    return f"{prefix}…{key[-4:]}"


class KeySource(Protocol):
    """Where stored keys are found."""

    def key(self, digest: str) -> ApiKey | None:
        """The key with this digest, revoked or not, or None."""
        ...


@dataclass(slots=True)
class Authenticator:
    """Tells who calls. What it learned it remembers for a few seconds: that long may a revoked key still work."""

    source: KeySource
    clock: Clock
    remember_seconds: float
    _known: dict[str, tuple[float, Principal]] = field(default_factory=dict)

    def principal(self, key: str | None) -> Principal:
        """Whose key this is. Raises `UnauthenticatedError`."""
        if not key:
            raise UnauthenticatedError("No API key was given.", missing=True)
        key_digest = digest(key)
        now = self.clock.monotonic()
        known = self._known.get(key_digest)
        if known and known[0] > now:
            return known[1]
        principal = self._look_up(key_digest)
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[key_digest] = (now + self.remember_seconds, principal)
        return principal

    def _look_up(self, key_digest: str) -> Principal:
        stored = self.source.key(key_digest)
        if stored is None or (stored.revoked_at is not None and stored.revoked_at <= self.clock.now()):
            raise UnauthenticatedError("The API key is unknown or was revoked.")
        return Principal(account_id=stored.account_id, mode=stored.mode, key_id=stored.id)
