from collections.abc import Iterator

import boto3
import pytest
from botocore.stub import Stubber

from cli.failures import CommandError
from cli.stage import DescribesStacks, read_outputs, stack_name, stage_settings
from tests.unit.cli.conftest import OUTPUTS, Invoke


@pytest.fixture
def client() -> DescribesStacks:
    session = boto3.Session(aws_access_key_id="x", aws_secret_access_key="x", region_name="eu-west-1")
    client: DescribesStacks = session.client("cloudformation")
    return client


@pytest.fixture
def cloudformation(client: DescribesStacks) -> Iterator[Stubber]:
    with Stubber(client) as stubber:  # type: ignore[arg-type]
        yield stubber


def refuse(cloudformation: Stubber, code: str, message: str) -> None:
    cloudformation.add_client_error("describe_stacks", code, message, expected_params={"StackName": "Parcelhook-dev"})


def test_outputs_are_read_by_name(client: DescribesStacks, cloudformation: Stubber) -> None:
    outputs = [{"OutputKey": name, "OutputValue": value} for name, value in OUTPUTS.items()]
    stack = {"StackName": "Parcelhook-dev", "CreationTime": 0, "StackStatus": "CREATE_COMPLETE", "Outputs": outputs}
    cloudformation.add_response("describe_stacks", {"Stacks": [stack]}, {"StackName": "Parcelhook-dev"})
    assert read_outputs(client, "Parcelhook-dev") == OUTPUTS


def test_stack_that_does_not_exist_has_no_outputs(client: DescribesStacks, cloudformation: Stubber) -> None:
    refuse(cloudformation, "ValidationError", "Stack with id Parcelhook-dev does not exist")
    assert read_outputs(client, "Parcelhook-dev") is None


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("AccessDenied", "may not read the stack"),
        ("ExpiredToken", "no working AWS credentials"),
        ("InvalidClientTokenId", "no working AWS credentials"),
        ("Throttling", "AWS answered Throttling"),
        ("ValidationError", "AWS answered ValidationError"),
    ],
)
def test_refusal_of_aws_is_a_sentence(
    client: DescribesStacks, cloudformation: Stubber, code: str, sentence: str
) -> None:
    refuse(cloudformation, code, "no")
    with pytest.raises(CommandError, match=sentence):
        read_outputs(client, "Parcelhook-dev")


def test_settings_are_the_outputs() -> None:
    settings = stage_settings("prod", {"Parcelhook-prod": OUTPUTS}.get)
    assert settings.registry_table == OUTPUTS["RegistryTable"]
    assert settings.signing_key_parameter == OUTPUTS["SigningKeyParameter"]


def test_missing_stack_names_the_command_that_makes_it() -> None:
    with pytest.raises(CommandError, match=r"no stack Parcelhook-prod .* `make deploy STAGE=prod`"):
        stage_settings("prod", lambda name: None)


def test_stack_without_outputs_is_said_to_be_incomplete() -> None:
    with pytest.raises(CommandError, match="not complete"):
        stage_settings("prod", lambda name: {})


def test_name_that_no_stage_can_have_is_refused() -> None:
    with pytest.raises(CommandError, match="small letters"):
        stack_name("Prod_1")


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({}, "no working AWS credentials"),
        ({"AWS_REGION": ""}, "set AWS_REGION"),
        ({"AWS_PROFILE": "nobody"}, "no working AWS credentials"),
    ],
)
def test_unfinished_aws_configuration_is_one_sentence(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], sentence: str
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    result = invoke("keys", "list", "acct_x", "--stage", "dev")
    assert result.exit_code == 1
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1
