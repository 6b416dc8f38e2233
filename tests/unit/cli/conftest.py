"""The two places that commands work on: a laptop's moto behind its port, and a deployed stage."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws
from typer.testing import CliRunner, Result

from cli.main import app
from cli.stage import ReadOutputs
from local import layout, provision
from local.aws import Aws
from parcelhook.resources import LEDGER, REGISTRY

Invoke = Callable[..., Result]
OUTPUTS = {
    "RegistryTable": layout.table_name(REGISTRY),
    "LedgerTable": layout.table_name(LEDGER),
    "MasterSecretParameter": "/parcelhook/prod/master-secret",
    "SigningKeyParameter": "/parcelhook/prod/signing-key",
}


@pytest.fixture(autouse=True)
def nothing_of_the_person(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No AWS, no running stack."""
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_DEFAULT_REGION", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("LOCAL_STATE_DIR", str(tmp_path))
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


@pytest.fixture
def invoke() -> Invoke:
    """Runs a command; `read` stands for CloudFormation."""

    def run(*arguments: str, read: ReadOutputs | None = None, answer: str | None = None) -> Result:
        return CliRunner().invoke(app, arguments, input=answer, obj=read)

    return run


@pytest.fixture(scope="session")
def moto() -> Iterator[Aws]:
    aws = Aws()
    aws.start()
    yield aws
    aws.stop()


@pytest.fixture
def laptop(moto: Aws, tmp_path: Path) -> Iterator[None]:
    """A running stack, as far as commands see it."""
    with mock_aws():
        provision.create_tables(boto3.client("dynamodb", region_name=layout.REGION))
        (tmp_path / "stack.json").write_text(json.dumps({"aws_endpoint_url": moto.endpoint}))
        yield


@pytest.fixture
def prod(monkeypatch: pytest.MonkeyPatch) -> Iterator[ReadOutputs]:
    """A deployed stage, and nothing else in its Region."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with mock_aws():
        provision.create_tables(boto3.client("dynamodb"))
        yield {"Parcelhook-prod": OUTPUTS}.get
