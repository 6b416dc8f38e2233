import json

import boto3
import pytest

from cli.stage import ReadOutputs
from tests.unit.cli.conftest import OUTPUTS, Invoke

NAMES = [OUTPUTS["MasterSecretParameter"], OUTPUTS["SigningKeyParameter"]]


def stored() -> list[str]:
    parameters = boto3.client("ssm").describe_parameters()["Parameters"]
    assert all(parameter["Type"] == "SecureString" for parameter in parameters)
    return sorted(parameter["Name"] for parameter in parameters)


def test_secrets_of_a_stage_are_made_once(invoke: Invoke, prod: ReadOutputs) -> None:
    first = invoke("secrets", "create", "--stage", "prod", "--json", read=prod)
    assert json.loads(first.stdout) == {"created": NAMES}
    assert stored() == NAMES
    again = invoke("secrets", "create", "--stage", "prod", read=prod)
    assert again.stdout == "Both secrets are there already.\n"


def test_first_account_of_a_stage_makes_its_secrets(invoke: Invoke, prod: ReadOutputs) -> None:
    result = invoke("accounts", "create", "Acme", "--stage", "prod", read=prod)
    assert result.exit_code == 0
    assert "--stage prod" in result.stdout
    assert stored() == NAMES


def test_deleting_asks_and_warns_while_the_stage_is_deployed(invoke: Invoke, prod: ReadOutputs) -> None:
    invoke("secrets", "create", "--stage", "prod", read=prod)
    refused = invoke("secrets", "delete", "--stage", "prod", read=prod, answer="n\n")
    assert refused.exit_code == 1
    assert "Parcelhook-prod uses these secrets" in refused.stderr
    assert stored() == NAMES
    agreed = invoke("secrets", "delete", "--stage", "prod", read=prod, answer="y\n")
    assert agreed.exit_code == 0
    assert stored() == []


@pytest.mark.usefixtures("prod")
def test_secrets_of_a_removed_stage_are_deleted_by_their_names(invoke: Invoke) -> None:
    for name in NAMES:
        boto3.client("ssm").put_parameter(Name=name, Value="x", Type="SecureString")
    result = invoke("secrets", "delete", "--stage", "prod", "--yes", "--json", read=lambda name: None)
    assert json.loads(result.stdout) == {"deleted": NAMES}
    assert stored() == []


@pytest.mark.usefixtures("laptop")
def test_secrets_of_the_laptop(invoke: Invoke) -> None:
    assert len(json.loads(invoke("secrets", "create", "--json").stdout)["created"]) == 2
    assert invoke("secrets", "delete").exit_code == 1
    assert invoke("secrets", "delete", "--yes").exit_code == 0
    assert len(json.loads(invoke("secrets", "create", "--json").stdout)["created"]) == 2
