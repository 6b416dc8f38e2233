import json
import os
import stat
from pathlib import Path

import pytest

from cli.profiles import profiles_file
from tests.functional.cli.conftest import Terminal


@pytest.fixture
def key(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> str:
    """A key that no environment variable tells."""
    text = os.environ["PARCELHOOK_KEY"]
    monkeypatch.delenv("PARCELHOOK_KEY")
    monkeypatch.delenv("PARCELHOOK_URL")
    return text


def test_profile_is_asked_for_its_key_and_used_by_name(terminal: Terminal, key: str) -> None:
    told = terminal.said("profiles", "add", "prod", "--url", "https://api.example.com/", typed=key + "\n")
    assert "Profile prod is added" in told
    assert key not in told
    assert terminal.answered("events", "list", "--profile", "prod") == {"events": []}
    assert key not in terminal.said("profiles", "list")
    assert stat.S_IMODE(profiles_file().stat().st_mode) == 0o600


def test_removed_profile_is_unknown(terminal: Terminal, key: str) -> None:
    terminal.said("profiles", "add", "prod", "--url", "https://api.example.com", "--key", key)
    terminal.said("profiles", "remove", "prod")
    result = terminal.run("events", "list", "--profile", "prod")
    assert result.exit_code == 1
    assert "There is no profile prod" in result.stderr


@pytest.mark.parametrize("url", ["ftp://example.com", "http://example.com", "example.com", "https://a:b@example.com"])
def test_url_that_would_show_the_key_or_is_none_is_refused(terminal: Terminal, url: str) -> None:
    assert terminal.run("profiles", "add", "prod", "--url", url, "--key", "k").exit_code == 2


@pytest.mark.usefixtures("key")
def test_without_stack_and_profile_it_says_how_to_get_one(terminal: Terminal) -> None:
    result = terminal.run("events", "list")
    assert result.exit_code == 1
    assert "make run" in result.stderr


def test_running_stack_is_found_with_the_key_of_either_mode(
    terminal: Terminal, key: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "stack.json").write_text(
        json.dumps({"base_url": "http://127.0.0.1:1", "keys": {"live": key, "sandbox": "nobody's"}})
    )
    monkeypatch.setenv("LOCAL_STATE_DIR", str(tmp_path))
    assert terminal.answered("events", "list") == {"events": []}
    result = terminal.run("events", "list", "--profile", "laptop-test")
    assert result.stderr == "Error: The API key is not accepted. Was it revoked, or is it of another deployment?\n"


def test_unreadable_profiles_are_told_in_a_sentence(terminal: Terminal, key: str) -> None:
    profiles_file().parent.mkdir(parents=True)
    profiles_file().write_text("[]")
    result = terminal.run("events", "list", "--profile", "prod")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: The profiles in")
