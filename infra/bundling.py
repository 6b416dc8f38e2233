"""Builds what Lambda runs, into `build/`, without Docker: `python -m infra.bundling`.

`build/layer/python` holds the dependencies as `uv.lock` names them, resolved for Lambda's platform, and our package;
`build/functions/<name>` holds one function each. What has not changed is not built again.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from infra.interpreters import REPOSITORY, ProgramNotFoundError, find_python, find_uv
from infra.stamps import Stamp, fingerprint
from parcelhook.resources import FUNCTIONS

PACKAGE = REPOSITORY / "layers/common/python/parcelhook"
FUNCTION_SOURCES = REPOSITORY / "functions"
LOCK = REPOSITORY / "uv.lock"

# Where Lambda mounts them; tracebacks then name the paths that exist there, and not those of this machine.
LAYER_MOUNT = "/opt"
FUNCTION_MOUNT = "/var/task"

_LICENCE = re.compile(r"(?i)licen[cs]e|copying|notice")
_JUNK = shutil.ignore_patterns("__pycache__", "*.pyc", "*.pyi", ".DS_Store")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What the layer is to run on. Without a platform: on this machine's."""

    python_version: str
    platform: str | None = None
    interpreter: Path | None = None
    """Compiles bytecode. Must be of `python_version`; without one there is no bytecode."""

    @property
    def key(self) -> str:
        return f"{self.python_version} {self.platform} bytecode={self.interpreter is not None}"


LAMBDA_PYTHON = "3.13"


def lambda_target() -> Target:
    """The runtime that the stack asks for: Python on arm64."""
    interpreter = find_python(LAMBDA_PYTHON)
    return Target(python_version=LAMBDA_PYTHON, platform="aarch64-manylinux2014", interpreter=interpreter)


def host_target() -> Target:
    """This machine, to try the layer out. Bytecode would bring nothing here."""
    return Target(python_version=f"{sys.version_info.major}.{sys.version_info.minor}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifacts:
    """The directories that are uploaded as they are."""

    layer: Path
    functions: dict[str, Path]
    """By the package that is uploaded."""


def build(directory: Path, target: Target) -> Artifacts:
    """Builds layer and functions below `directory`."""
    layer = directory / "layer"
    build_layer(layer, target)
    functions = {function.package: directory / "functions" / function.package for function in FUNCTIONS}
    for name, destination in functions.items():
        build_function(name, destination, target)
    return Artifacts(layer=layer, functions=functions)


def build_layer(layer: Path, target: Target) -> None:
    """Lays dependencies and our package out below `python/`, where Lambda looks for a layer's modules."""
    dependencies, package = Stamp(layer, "dependencies"), Stamp(layer, "package")
    with dependencies.unless_current(fingerprint([LOCK, Path(__file__)], target.key)) as stale:
        if stale:
            package.forget()
            shutil.rmtree(layer, ignore_errors=True)
            _install_dependencies(layer / "python", target)
            compile_bytecode(layer, LAYER_MOUNT, target)
    with package.unless_current(fingerprint([PACKAGE, Path(__file__)], target.key)) as stale:
        if stale:
            _copy(PACKAGE, layer / "python" / PACKAGE.name)
            compile_bytecode(layer, LAYER_MOUNT, target, only=layer / "python" / PACKAGE.name)


def build_function(name: str, destination: Path, target: Target) -> None:
    """Lays one function out as the package `functions.<name>`, without its neighbours."""
    sources = [FUNCTION_SOURCES / "__init__.py", FUNCTION_SOURCES / name]
    with Stamp(destination, "function").unless_current(fingerprint([*sources, Path(__file__)], target.key)) as stale:
        if stale:
            shutil.rmtree(destination, ignore_errors=True)
            _copy(FUNCTION_SOURCES / name, destination / "functions" / name)
            shutil.copyfile(FUNCTION_SOURCES / "__init__.py", destination / "functions" / "__init__.py")
            compile_bytecode(destination, FUNCTION_MOUNT, target)


def compile_bytecode(root: Path, mount: str, target: Target, *, only: Path | None = None) -> None:
    """Compiles modules so that Lambda uses the result.

    CDK's archive sets every file's time to 1980, and ordinary bytecode, which records its source's time, would be
    ignored; unchecked bytecode is always used. Imports take 2.4 times as long without.
    """
    if target.interpreter is None:
        return
    compileall = [str(target.interpreter), "-I", "-m", "compileall", "-q", "-f"]
    paths = ["--invalidation-mode", "unchecked-hash", "-s", str(root), "-p", mount, str(only or root)]
    _run(*compileall, *paths, environment={"PYTHONHASHSEED": "0"})


def requirements() -> str:
    """What the functions need, with hashes, as locked. The runtime brings boto3 and what only boto3 needs."""
    return locked("--no-default-groups", "--prune", "boto3")


def locked(*options: str) -> str:
    """Part of the lock, with hashes, as the options of `uv export` choose it."""
    export = ["export", "--locked", "--no-emit-project", "--no-header", "--quiet", "--project", str(REPOSITORY)]
    return _run(find_uv(), *export, *options)


def _install_dependencies(destination: Path, target: Target) -> None:
    destination.mkdir(parents=True)
    command = ["pip", "install", "--quiet", "--target", str(destination), "--no-deps", "--require-hashes"]
    # Copies, because hard links would share the files with uv's cache.
    command += ["--only-binary", ":all:", "--link-mode", "copy", "--python", sys.executable]
    if target.platform:
        command += ["--python-platform", target.platform, "--python-version", target.python_version]
    wanted = destination.parent / "requirements.txt"
    wanted.write_text(requirements(), encoding="utf-8")
    _run(find_uv(), *command, "--requirements", str(wanted))
    wanted.unlink()
    _strip(destination)


def _strip(site: Path) -> None:
    """Removes what nothing imports, but for what `importlib.metadata`, scanners and lawyers read."""
    shutil.rmtree(site / "bin", ignore_errors=True)
    (site / ".lock").unlink(missing_ok=True)
    for directory in sorted(path for path in site.rglob("*") if path.is_dir()):
        if directory.name in {"__pycache__", "tests"}:
            shutil.rmtree(directory, ignore_errors=True)
        elif directory.name.endswith(".dist-info"):
            _strip_metadata(directory)
    for stub in site.rglob("*.pyi"):
        stub.unlink()


def _strip_metadata(directory: Path) -> None:
    """Leaves METADATA, and the texts of licences, which go where the code goes."""
    for entry in directory.iterdir():
        if entry.name == "METADATA" or entry.name == "licenses" or _LICENCE.match(entry.name):
            continue
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _copy(source: Path, destination: Path) -> None:
    shutil.rmtree(destination, ignore_errors=True)
    shutil.copytree(source, destination, ignore=_JUNK)


def _run(*command: str, environment: dict[str, str] | None = None) -> str:
    process = subprocess.run(  # noqa: S603
        command, capture_output=True, text=True, check=False, env=os.environ | (environment or {})
    )
    if process.returncode:
        raise SystemExit(f"Bundling failed: `{' '.join(command[:3])} …` said: {process.stderr.strip()}")
    return process.stdout


def build_for_lambda() -> Artifacts:
    """Builds into `build/`, and says so if imports will be slow on Lambda."""
    try:
        target = lambda_target()
        artifacts = build(REPOSITORY / "build", target)
    except ProgramNotFoundError as error:
        raise SystemExit(str(error)) from error
    if target.interpreter is None:
        warning = f"There is no Python {LAMBDA_PYTHON} here, so the layer has no bytecode and cold starts take longer."
        print(warning, file=sys.stderr)
    return artifacts


if __name__ == "__main__":
    build_for_lambda()
