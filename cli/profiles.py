"""Deployed stages that commands can talk to, by name, kept in the person's own configuration."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import typer

from cli.failures import CommandError
from cli.files import replacing

LAPTOP = "laptop"
LAPTOP_TEST = "laptop-test"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Profile:
    """Where an api is, and the key to call it with."""

    base_url: str
    key: str


def profiles_file() -> Path:
    """Where profiles are kept: `PARCELHOOK_CONFIG`, or the place that the platform has for it."""
    named = os.environ.get("PARCELHOOK_CONFIG")
    return Path(named) if named else Path(typer.get_app_dir("parcelhook")) / "profiles.json"


def read_profiles() -> dict[str, Profile]:
    """All profiles by name. Raises `CommandError` where the file cannot be understood."""
    path = profiles_file()
    try:
        content = json.loads(path.read_text())
        return {name: Profile(base_url=fields["url"], key=fields["key"]) for name, fields in content.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CommandError(f"The profiles in {path} cannot be read: {error}") from error


def write_profiles(profiles: dict[str, Profile]) -> None:
    """Replaces all profiles. The file holds keys, so only its owner can read it. Raises `CommandError`."""
    path = profiles_file()
    content = {name: {"url": profile.base_url, "key": profile.key} for name, profile in profiles.items()}
    text = json.dumps(content, indent=2) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as file:
            file.write(text)
    except OSError as error:
        raise CommandError(f"The profiles cannot be written: {error}") from error


def checked_url(url: str) -> str:
    """A base URL without its last slash. Raises `typer.BadParameter` for what is none."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise typer.BadParameter("a base URL is like https://abc123.execute-api.us-east-1.amazonaws.com.")
    if parts.scheme == "http" and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
        raise typer.BadParameter("the key would travel in the clear; use https.")
    return url.rstrip("/")
