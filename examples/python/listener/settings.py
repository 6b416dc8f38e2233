"""What the listener is told by its environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from listener.jwks import PublicKeys
from listener.signatures import Check, Source, basic_auth, hmac_header, shipengine_rsa


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where data lies and which vendors are listened to."""

    data: Path
    shipments: Path
    sources: Mapping[str, Source]
    host: str
    port: int


class SettingsError(Exception):
    """The environment lacks something; the message says what."""


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings in `environment`, as the README lists them. Raises `SettingsError`."""
    sources = {}
    if secrets := _list(environment, "SHIPENGINE_SECRET"):
        sources["shipengine"] = Source(secrets, shipengine_rsa(PublicKeys(_needed(environment, "SHIPENGINE_JWKS_URL"))))
    if secrets := _list(environment, "SHIPPO_SECRET"):
        sources["shippo"] = Source(secrets, hmac_header("shippo-auth-signature", secrets))
    if secrets := _list(environment, "EHUB_SECRET"):
        sources["ehub"] = Source(secrets, _ehub_check(environment, secrets))
    return Settings(
        data=Path(environment.get("LISTENER_DATA", "data")),
        shipments=Path(environment.get("SHIPMENTS", "../shipments.csv")),
        sources=sources,
        host=environment.get("HOST", "127.0.0.1"),
        port=int(environment.get("PORT", "3000")),
    )


def _ehub_check(environment: Mapping[str, str], secrets: tuple[str, ...]) -> Check:
    if username := environment.get("EHUB_USERNAME"):
        return basic_auth(username, _needed(environment, "EHUB_PASSWORD"))
    return hmac_header("x-ehub-signature", _list(environment, "EHUB_HMAC_SECRET") or secrets)


def _list(environment: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Several subscriptions of one vendor have several secrets, separated by commas."""
    return tuple(filter(None, (part.strip() for part in environment.get(name, "").split(","))))


def _needed(environment: Mapping[str, str], name: str) -> str:
    if not (value := environment.get(name)):
        raise SettingsError(f"Set {name}.")
    return value
