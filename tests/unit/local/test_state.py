"""The files that tell others of a running stack."""

import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest

from local.state import StateFiles, read_stack


def stack(port: int = 1) -> dict[str, Any]:
    return {
        "base_url": f"http://127.0.0.1:{port}",
        "account_id": "it's",
        "keys": {"live": "live_1", "sandbox": "TEST_1"},
    }


def test_files_are_for_their_owner_only(tmp_path: Path) -> None:
    StateFiles(tmp_path / "new").write(stack())
    for name in ("stack.json", "env"):
        assert stat.S_IMODE((tmp_path / "new" / name).stat().st_mode) == 0o600
    assert len(list((tmp_path / "new").iterdir())) == 2


def test_stack_is_read_as_it_was_written(tmp_path: Path) -> None:
    files = StateFiles(tmp_path)
    files.write(stack(1))
    files.write(stack(2))
    assert read_stack(tmp_path) == stack(2)


def test_env_can_be_read_by_a_shell(tmp_path: Path) -> None:
    StateFiles(tmp_path).write(stack())
    script = '. ./env; echo "$BASE_URL $API_KEY $SANDBOX_KEY $ACCOUNT_ID"'
    said = subprocess.run(["sh", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert said.stdout == "http://127.0.0.1:1 live_1 TEST_1 it's\n"


def test_files_are_removed_at_the_end(tmp_path: Path) -> None:
    files = StateFiles(tmp_path)
    files.write(stack())
    files.remove()
    assert list(tmp_path.iterdir()) == []


def test_files_of_another_stack_are_left_alone(tmp_path: Path) -> None:
    first, second = StateFiles(tmp_path), StateFiles(tmp_path)
    first.write(stack(1))
    second.write(stack(2))
    first.remove()
    assert read_stack(tmp_path) == stack(2)


@pytest.mark.parametrize("text", ["", "{", None])
def test_no_stack_is_read_where_there_is_none(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "stack.json").write_text(text)
    assert read_stack(tmp_path) is None
