import os
from pathlib import Path

import pytest

from infra.rehearsal import ministack, versions
from infra.rehearsal.left import belongs


def test_front_door_is_found_by_path() -> None:
    url = ministack.front_door("http://127.0.0.1:1", "http://289a03c0.execute-api.localhost:1")
    assert url == "http://127.0.0.1:1/_aws/execute-api/289a03c0/$default"


def test_nothing_of_the_persons_own_aws_is_used() -> None:
    variables = ministack.variables("http://127.0.0.1:1")
    assert variables["AWS_CONFIG_FILE"] == variables["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull
    assert variables["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"


def test_ministack_is_pinned_with_its_hashes() -> None:
    lines = ministack.LOCK.read_text(encoding="utf-8").splitlines()
    pinned = [line for line in lines if line and not line.startswith(("#", " "))]
    assert any(line.startswith("ministack==") for line in pinned)
    assert all("==" in line and line.endswith("\\") for line in pinned)


def test_version_to_come_from_is_one_that_git_knows() -> None:
    assert versions.described(versions.previous_version())


def test_version_that_git_does_not_know_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no-such-version"), versions.checked_out("no-such-version", tmp_path / "tree"):
        pass


@pytest.mark.parametrize(
    "name", ["Parcelhook-rehearsal-TablesLedger-1A", "Parcelhookrehearsal-Schedules-Group", "/parcelhook/rehearsal/key"]
)
def test_what_is_left_of_a_stage_is_known_by_its_name(name: str) -> None:
    assert belongs(name, "rehearsal")
    assert not belongs(name, "another")
    assert not belongs("CDKToolkit", "rehearsal")
