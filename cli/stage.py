"""A stage that was deployed: what its CloudFormation stack tells."""

import os
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import boto3
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError, NoRegionError

from cli.failures import CommandError
from infra.config import StageSettings, StageSettingsError
from parcelhook.settings import Settings

Outputs = Mapping[str, str]
ReadOutputs = Callable[[str], Outputs | None]
"""The outputs of the stack with this name, or None where there is no such stack."""

_NOT_ALLOWED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")
_NOT_KNOWN = ("ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException")


class DescribesStacks(Protocol):
    """As much of the CloudFormation client as is needed."""

    def describe_stacks(self, *, StackName: str) -> Any:  # noqa: N803 - the client's own name
        """All of what CloudFormation knows of one stack."""
        ...


def connect() -> ReadOutputs:
    """Reads with the operator's own credentials, in the operator's Region. Raises `CommandError`."""
    try:
        # AWS_REGION counts for most AWS tools, but not for boto3.
        boto3.setup_default_session(region_name=os.environ.get("AWS_REGION") or None)
        client = boto3.client("cloudformation")
    except BotoCoreError as error:
        raise _explained(error) from error
    return lambda name: read_outputs(client, name)


def read_outputs(client: DescribesStacks, name: str) -> Outputs | None:
    """The outputs of a stack, or None where there is no such stack. Raises `CommandError`."""
    try:
        answer = client.describe_stacks(StackName=name)
    except ClientError as error:
        if _code(error) == "ValidationError" and "does not exist" in str(error):
            return None
        raise _explained(error) from error
    except BotoCoreError as error:
        raise _explained(error) from error
    return {output["OutputKey"]: output["OutputValue"] for output in answer["Stacks"][0].get("Outputs", [])}


def stage_settings(stage: str, read: ReadOutputs) -> Settings:
    """Where a deployed stage keeps its things. Raises `CommandError`."""
    outputs = StageOutputs(stage, read)
    return Settings(
        registry_table=outputs["RegistryTable"],
        ledger_table=outputs["LedgerTable"],
        master_secret_parameter=outputs["MasterSecretParameter"],
        signing_key_parameter=outputs["SigningKeyParameter"],
    )


class StageOutputs:
    """The outputs of a deployed stage. Both to make it and to look something up raise `CommandError`."""

    def __init__(self, stage: str, read: ReadOutputs) -> None:
        self._stage, self._name = stage, stack_name(stage)
        outputs = read(self._name)
        if outputs is None:
            raise CommandError(
                f"There is no stack {self._name} in this AWS account and Region; `make deploy STAGE={stage}` makes it."
            )
        self._outputs = outputs

    def __getitem__(self, name: str) -> str:
        if name not in self._outputs:
            raise CommandError(
                f"The stack {self._name} has no output '{name}': its deployment is older or not complete; "
                f"run `make deploy STAGE={self._stage}`."
            )
        return self._outputs[name]


def removed_stage_settings(stage: str) -> Settings:
    """What the secrets of a stage are called whose stack is gone. Raises `CommandError`."""
    named = _named(stage)
    return Settings(
        registry_table="",
        ledger_table="",
        master_secret_parameter=named.master_secret_parameter,
        signing_key_parameter=named.signing_key_parameter,
    )


def stack_name(stage: str) -> str:
    """Raises `CommandError` for what cannot be a stage's name."""
    return f"Parcelhook-{_named(stage).stage}"


def _named(stage: str) -> StageSettings:
    try:
        return StageSettings(stage=stage)
    except StageSettingsError as error:
        raise CommandError(str(error)) from error


def _explained(error: BotoCoreError | ClientError) -> CommandError:
    if isinstance(error, NoRegionError):
        return CommandError("No AWS Region is chosen; set AWS_REGION, for instance to us-east-1.")
    if isinstance(error, EndpointConnectionError):
        return CommandError(f"AWS cannot be reached: {error}")
    if isinstance(error, ClientError) and _code(error) in _NOT_ALLOWED:
        return CommandError(f"Your AWS credentials may not read the stack: {error}")
    if isinstance(error, ClientError) and _code(error) not in _NOT_KNOWN:
        return CommandError(f"AWS answered {_code(error)}: {error}")
    return CommandError(f"There are no working AWS credentials ({error}); run `aws sso login`.")


def _code(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "")
