"""What the person who starts the laptop stack may choose."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from parcelhook.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """Read from the environment, once."""

    port: int = 8000
    """Where the front listens on 127.0.0.1; 0 takes any free port."""
    retry_interval_seconds: int = 7200
    """From the end of a failed attempt to the next (1 to 86,400)."""
    visibility_timeout_seconds: int | None = None
    """How long a received message stays hidden (1 to 43,200); without it, what AWS gets."""
    throttle_rate: int = 50
    """Requests a second that the front lets through in the long run, as API Gateway does for a stage (1 to 10,000)."""
    throttle_burst: int = 100
    """Requests that it lets through at once (1 to 5,000)."""
    publish_rate: int = 500
    """Events a second that an account may publish in the long run (1 to 100,000)."""
    publish_burst: int = 10_000
    """Events that it may publish at once before that counts (100 to 1,000,000)."""
    state_directory: Path = Path(".local")
    """Where `stack.json`, `env` and the functions' logs are written."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Configuration":
        """Raises `SettingsError` naming the variable that makes no sense."""
        visibility = environment.get("VISIBILITY_TIMEOUT_SECONDS")
        return cls(
            port=_number(environment, "PORT", default=8000, lowest=0, highest=65_535),
            retry_interval_seconds=_number(
                environment, "RETRY_INTERVAL_SECONDS", default=7200, lowest=1, highest=86_400
            ),
            visibility_timeout_seconds=None
            if not visibility
            else _number(environment, "VISIBILITY_TIMEOUT_SECONDS", default=0, lowest=1, highest=43_200),
            throttle_rate=_number(environment, "THROTTLE_RATE", default=50, lowest=1, highest=10_000),
            throttle_burst=_number(environment, "THROTTLE_BURST", default=100, lowest=1, highest=5_000),
            publish_rate=_number(environment, "PUBLISH_RATE", default=500, lowest=1, highest=100_000),
            publish_burst=_number(environment, "PUBLISH_BURST", default=10_000, lowest=100, highest=1_000_000),
            state_directory=Path(environment.get("LOCAL_STATE_DIR") or ".local"),
        )


def _number(environment: Mapping[str, str], name: str, *, default: int, lowest: int, highest: int) -> int:
    text = environment.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and lowest <= int(text) <= highest):
        raise SettingsError(f"{name} is {text!r}; it must be a whole number from {lowest} to {highest}.")
    return int(text)
