import importlib.util
import marshal
import os
import shutil
import struct
import sys
from pathlib import Path
from types import CodeType

import pytest

from infra.bundling import FUNCTION_SOURCES, Target, build_function, compile_bytecode, requirements
from infra.interpreters import find_python, find_uv
from infra.stamps import Stamp, fingerprint

HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
NEVER_CHECKED = 0b01


@pytest.fixture
def compiled(tmp_path: Path) -> Path:
    root = tmp_path / "layer"
    (root / "python").mkdir(parents=True)
    (root / "python/module.py").write_text("def answer():\n    return 42\n")
    target = Target(python_version=HERE, interpreter=Path(sys.executable))
    compile_bytecode(root, "/opt", target)
    return root / "python"


def bytecode(directory: Path) -> bytes:
    (found,) = (directory / "__pycache__").iterdir()
    return found.read_bytes()


def test_bytecode_is_used_whatever_its_sources_time(compiled: Path) -> None:
    assert struct.unpack("<I", bytecode(compiled)[4:8]) == (NEVER_CHECKED,)
    (compiled / "module.py").write_text("def answer():\n    return 'compiled anew'\n")
    os.utime(compiled / "module.py", (315532800, 315532800))
    spec = importlib.util.spec_from_file_location("module", compiled / "module.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.answer() == 42


def test_bytecode_names_the_paths_of_lambda(compiled: Path) -> None:
    code = marshal.loads(bytecode(compiled)[16:])
    assert isinstance(code, CodeType)
    assert code.co_filename == "/opt/python/module.py"


def test_without_an_interpreter_there_is_no_bytecode(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text("")
    compile_bytecode(tmp_path, "/opt", Target(python_version="3.13"))
    assert [path.name for path in tmp_path.iterdir()] == ["module.py"]


def test_api_brings_the_files_of_the_portal(tmp_path: Path) -> None:
    build_function("api", tmp_path / "api", Target(python_version="3.13"))
    source, built = FUNCTION_SOURCES / "api/portal", tmp_path / "api/functions/api/portal"
    names = {path.relative_to(source) for path in source.rglob("*")}
    assert names
    assert {path.relative_to(built) for path in built.rglob("*")} == names


def test_requirements_are_locked_and_leave_out_what_the_runtime_brings() -> None:
    lines = requirements().splitlines()
    pinned = {line.split("==")[0] for line in lines if "==" in line}
    assert {"aws-lambda-powertools", "pydantic", "httpx", "cryptography", "certifi"} <= pinned
    assert not pinned & {"boto3", "botocore", "s3transfer", "urllib3", "python-dateutil", "six", "moto", "parcelhook"}
    assert sum("--hash=sha256:" in line for line in lines) >= len(pinned)


def test_python_of_an_unknown_version_is_not_found() -> None:
    assert find_python("9.99") is None


def test_python_is_found_by_what_it_says_of_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shim = tmp_path / f"python{HERE}"
    shim.write_text("#!/bin/sh\necho 'no such version' >&2\nexit 127\n")
    shim.chmod(0o755)
    (tmp_path / "python3").symlink_to(sys.executable)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    found = find_python(HERE)
    assert found is not None
    assert found != shim


def test_uv_that_runs_the_tests_is_the_one_that_bundles(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    uv = shutil.copy(find_uv(), tmp_path / "uv")
    monkeypatch.setenv("UV", str(uv))
    assert find_uv() == str(uv)


def build(stamp: Stamp, directory: Path, key: str) -> bool:
    with stamp.unless_current(key) as stale:
        directory.mkdir(exist_ok=True)
    return stale


def test_what_has_not_changed_is_not_built_again(tmp_path: Path) -> None:
    directory = tmp_path / "layer"
    stamp = Stamp(directory, "part")
    assert build(stamp, directory, "first")
    assert not build(stamp, directory, "first")
    assert build(stamp, directory, "second")
    directory.rmdir()
    assert build(stamp, directory, "second")


def test_build_that_broke_off_is_done_again(tmp_path: Path) -> None:
    directory = tmp_path / "layer"
    stamp = Stamp(directory, "part")
    assert build(stamp, directory, "first")
    with pytest.raises(RuntimeError), stamp.unless_current("second"):
        raise RuntimeError
    assert build(stamp, directory, "first")


def test_fingerprint_sees_contents_and_names_and_not_times(tmp_path: Path) -> None:
    source = tmp_path / "package"
    (source / "__pycache__").mkdir(parents=True)
    (source / "a.py").write_text("1")
    before = fingerprint([source], "salt")
    os.utime(source / "a.py", (1, 1))
    (source / "__pycache__/a.pyc").write_text("x")
    assert fingerprint([source], "salt") == before
    assert fingerprint([source], "other") != before
    (source / "a.py").rename(source / "b.py")
    assert fingerprint([source], "salt") != before
