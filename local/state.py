"""The files that tell others of a running stack."""

import json
import os
import shlex
from pathlib import Path
from typing import Any

OWNER_ONLY = 0o600


class StateFiles:
    """`stack.json` for programs and `env` for shells. Both hold keys, so only their owner can read them."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._stack = directory / "stack.json"
        self._env = directory / "env"
        self._written: dict[str, Any] | None = None

    def write(self, stack: dict[str, Any]) -> None:
        self._written = stack
        _replace(self._stack, json.dumps(stack, indent=2) + "\n")
        _replace(self._env, _exports(stack))

    def remove(self) -> None:
        """Unless another stack has written its own since."""
        if self._written is not None and read_stack(self._directory) == self._written:
            self._stack.unlink(missing_ok=True)
            self._env.unlink(missing_ok=True)


def read_stack(directory: Path) -> dict[str, Any] | None:
    """What a running stack wrote there."""
    try:
        stack: dict[str, Any] = json.loads((directory / "stack.json").read_text())
    except (OSError, ValueError):
        return None
    return stack


def _exports(stack: dict[str, Any]) -> str:
    variables = {
        "BASE_URL": stack["base_url"],
        "API_KEY": stack["keys"]["live"],
        "SANDBOX_KEY": stack["keys"]["sandbox"],
        "ACCOUNT_ID": stack["account_id"],
    }
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items())


def _replace(path: Path, text: str) -> None:
    """Whoever reads `path` sees the old text or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    new.unlink(missing_ok=True)
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "w") as file:  # noqa: PTH123
        file.write(text)
    new.replace(path)
