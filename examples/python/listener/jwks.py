"""The service's public RSA keys."""

import base64
import json
import threading
import time
import urllib.request
from collections.abc import Callable
from typing import Any

TIMEOUT_SECONDS = 2.0
ASK_AGAIN_SECONDS = 60.0
"""An unknown key id makes us ask at most so often: anybody can send us one."""


class KeysUnavailableError(Exception):
    """The keys could not be read; the webhook should be sent again later."""


def fetch(url: str) -> Any:
    """The JSON at `url`. Raises `OSError` or `ValueError`."""
    with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - the URL is our own setting
        return json.load(answer)


class PublicKeys:
    """Keys of a JWKS, read when first needed and when an unknown one is named."""

    def __init__(
        self, url: str, *, fetch: Callable[[str], Any] = fetch, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._url = url
        self._fetch = fetch
        self._clock = clock
        self._keys: dict[str, Any] = {}
        self._ask_from = float("-inf")
        self._lock = threading.Lock()

    def has_signed(self, key_id: str, signature: bytes, message: bytes) -> bool:
        """Whether the key of that id signed `message`. Raises `KeysUnavailableError`."""
        # Only listeners to ShipEngine's dialect need the package.
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
        from cryptography.hazmat.primitives.hashes import SHA256

        if (key := self._find(key_id)) is None:
            return False
        numbers = RSAPublicNumbers(n=_integer(key["n"]), e=_integer(key["e"]))
        try:
            numbers.public_key().verify(signature, message, PKCS1v15(), SHA256())
        except InvalidSignature:
            return False
        return True

    def _find(self, key_id: str) -> Any | None:
        with self._lock:
            if key_id not in self._keys and self._clock() >= self._ask_from:
                self._keys = self._read()
                self._ask_from = self._clock() + ASK_AGAIN_SECONDS
            return self._keys.get(key_id)

    def _read(self) -> dict[str, Any]:
        try:
            return {key["kid"]: key for key in self._fetch(self._url)["keys"] if key["kty"] == "RSA"}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise KeysUnavailableError(f"{self._url} cannot be read: {error}") from error


def _integer(text: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
