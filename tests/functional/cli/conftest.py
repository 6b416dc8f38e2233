"""The `parcelhook` command, talking to the whole system in this process."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from parcelhook.security.api_keys import KeyStyle
from tests.cloud import Cloud
from tests.system import System


@dataclass(slots=True)
class Terminal:
    """Somebody who types commands, with a key of an account of their own."""

    system: System
    account_id: str
    transport: httpx.BaseTransport

    def run(self, *arguments: str, typed: str | None = None) -> Result:
        """What a command does."""
        return CliRunner().invoke(app, arguments, input=typed, obj=self.transport, catch_exceptions=False)

    def said(self, *arguments: str, typed: str | None = None) -> str:
        """What a command that succeeds says."""
        result = self.run(*arguments, typed=typed)
        assert (result.exit_code, result.stderr) == (0, "")
        return result.stdout

    def answered(self, *arguments: str, typed: str | None = None) -> Any:
        """What a command that succeeds answers in JSON."""
        return json.loads(self.said(*arguments, "--json", typed=typed))


def in_process(system: System, before: Callable[[httpx.Request], None] = lambda _: None) -> httpx.MockTransport:
    """Hands each request to the real api, after `before` has seen it."""

    def answer(request: httpx.Request) -> httpx.Response:
        before(request)
        query = f"?{request.url.query.decode()}" if request.url.query else ""
        body = request.content.decode() or None
        answered = system.call(request.method, request.url.path + query, dict(request.headers), body)
        return httpx.Response(answered.status, headers=dict(answered.headers), text=answered.text)

    return httpx.MockTransport(answer)


@pytest.fixture(autouse=True)
def own_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of the person's own."""
    for name in ("PARCELHOOK_PROFILE", "PARCELHOOK_URL", "PARCELHOOK_KEY", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PARCELHOOK_CONFIG", str(tmp_path / "config" / "profiles.json"))
    monkeypatch.setenv("LOCAL_STATE_DIR", str(tmp_path / "state"))


@pytest.fixture
def terminal(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    system = System(cloud)
    account_id = system.new_account()
    monkeypatch.setenv("PARCELHOOK_URL", "https://api.example.com")
    monkeypatch.setenv("PARCELHOOK_KEY", system.new_key(account_id, KeyStyle.SHIPENGINE))
    return Terminal(system, account_id, in_process(system))
