import importlib.util
import os
import re
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from infra.bundling import Artifacts, build_layer, lambda_target
from infra.contents import LARGEST_ARCHIVE, archive_size, packages
from infra.interpreters import REPOSITORY
from parcelhook.resources import FUNCTIONS, Function
from tests.infra.template import Template
from tests.infra.test_functions import environment

BY_NAME = pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)

# What Lambda's Python runtime has on its path besides the standard library.
RUNTIME_PACKAGES = ("boto3", "botocore", "s3transfer", "jmespath", "urllib3", "dateutil", "six")
LISTING = REPOSITORY / "docs/measured/layer.txt"
ELF_MACHINE_AARCH64 = 183

IMPORT_EVERYTHING = """
import importlib, pkgutil, sys
function, layer, runtime, handler = sys.argv[1:]
sys.path[:] = [function, layer, *sys.path, runtime]

def modules(name):
    package = importlib.import_module(name)
    found = pkgutil.walk_packages(package.__path__, name + ".", onerror=lambda name: importlib.import_module(name))
    return [name, *(module.name for module in found)]

names = modules("parcelhook") + modules("functions")
for name in names:
    importlib.import_module(name)
module, _, attribute = handler.rpartition(".")
assert callable(getattr(importlib.import_module(module), attribute)), handler
origin = importlib.import_module("parcelhook").__file__
assert origin.startswith(layer), origin
print(*names, sep="\\n")
"""


@pytest.fixture(scope="session")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Only what Lambda itself offers: everything else that is installed here must come from the layer."""
    directory = tmp_path_factory.mktemp("runtime")
    for name in RUNTIME_PACKAGES:
        spec = importlib.util.find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        source = Path(spec.origin)
        source = source.parent if source.name == "__init__.py" else source
        (directory / source.name).symlink_to(source)
    return directory


@BY_NAME
def test_everything_imports_as_on_lambda(
    host_build: Artifacts, runtime: Path, dev: Template, function: Function, tmp_path: Path
) -> None:
    paths = [host_build.functions[function.package], host_build.layer / "python", runtime]
    command = [sys.executable, "-I", "-S", "-B", "-W", "error", "-c", IMPORT_EVERYTHING]
    variables = environment(dev, function) | {"AWS_REGION": "us-east-1", "HOME": str(tmp_path)}
    process = subprocess.run(
        [*command, *map(str, paths), function.handler], env=variables, cwd=tmp_path, capture_output=True, text=True
    )
    assert process.returncode == 0, process.stderr
    imported = process.stdout.split()
    assert f"functions.{function.package}" in imported
    others = {f"functions.{other.package}" for other in FUNCTIONS if other.package != function.package}
    assert not others & set(imported)


def test_layer_holds_nothing_that_the_runtime_brings(lambda_build: Artifacts) -> None:
    names = {path.name for path in (lambda_build.layer / "python").iterdir()}
    assert {"parcelhook", "pydantic", "httpx", "aws_lambda_powertools", "cryptography"} <= names
    assert not names & (set(RUNTIME_PACKAGES) - {"jmespath"} | {"bin", "moto", "aws_cdk", "infra"})
    assert {path.name for path in lambda_build.layer.iterdir()} == {"python"}


def test_layer_is_for_arm(lambda_build: Artifacts) -> None:
    libraries = list(lambda_build.layer.rglob("*.so"))
    assert libraries
    for library in libraries:
        assert struct.unpack("<H", library.read_bytes()[18:20]) == (ELF_MACHINE_AARCH64,), library.name


def test_layer_is_small(lambda_build: Artifacts) -> None:
    assert archive_size(lambda_build.layer) < LARGEST_ARCHIVE


def test_listing_names_what_is_in_the_layer(lambda_build: Artifacts) -> None:
    """`make layer > docs/measured/layer.txt` brings it up to date."""
    listed = LISTING.read_text(encoding="utf-8").splitlines()
    found = packages(lambda_build.layer)
    assert [line for line in listed if re.fullmatch(r"[a-z0-9.-]+ \d[\w.]*", line)] == [
        f"{name} {version}" for name, version in sorted(found.items())
    ]
    assert {"pydantic", "httpx", "cryptography"} <= set(found)
    assert listed[-1].endswith("holds.")


def test_metadata_is_kept_for_those_who_look_versions_up(lambda_build: Artifacts) -> None:
    infos = list((lambda_build.layer / "python").glob("*.dist-info"))
    assert infos
    for info in infos:
        kept = {path.name for path in info.iterdir()}
        assert "METADATA" in kept
        assert not kept & {"RECORD", "WHEEL", "INSTALLER"}


def test_licence_of_each_package_goes_with_it(lambda_build: Artifacts) -> None:
    for info in (lambda_build.layer / "python").glob("*.dist-info"):
        texts = [path for path in info.rglob("*") if path.is_file() and path.name != "METADATA"]
        assert any(path.stat().st_size > 500 for path in texts), info.name


def test_layer_built_twice_is_the_same(lambda_build: Artifacts, tmp_path: Path) -> None:
    again = tmp_path / "layer"
    build_layer(again, lambda_target())
    assert contents(again) == contents(lambda_build.layer)


def test_function_holds_its_own_modules_only(lambda_build: Artifacts) -> None:
    for name, directory in lambda_build.functions.items():
        assert {path.name for path in directory.iterdir()} == {"functions"}
        packages = {path.name for path in (directory / "functions").iterdir()} - {"__pycache__"}
        assert packages == {"__init__.py", name}


def contents(directory: Path) -> dict[str, bytes]:
    files = (Path(folder) / name for folder, _, names in os.walk(directory) for name in names)
    return {str(path.relative_to(directory)): path.read_bytes() for path in files}
