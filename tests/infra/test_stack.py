import json
import subprocess
import sys
from pathlib import Path

import pytest

from infra.interpreters import REPOSITORY
from tests.infra.template import Template

PHYSICAL_NAMES = ("TableName", "QueueName", "FunctionName", "RoleName", "LogGroupName", "TopicName", "LayerName")
# Of these the property of that name is not the resource's own.
REFERENCES = {"AWS::Lambda::EventSourceMapping", "AWS::Lambda::Permission"}


def test_outputs_are_what_the_command_line_and_people_need(dev: Template) -> None:
    assert dev.outputs == {
        "ApiUrl": "HttpApi.ApiEndpoint",
        "RegistryTable": "TablesRegistry",
        "LedgerTable": "TablesLedger",
        "EventsQueueUrl": "QueuesEvents",
        "RetriesQueueUrl": "QueuesRetries",
        "SlowQueueUrl": "QueuesSlow",
        "EventsDeadLetterQueueUrl": "QueuesEventsDeadLetters",
        "RetriesDeadLetterQueueUrl": "QueuesRetriesDeadLetters",
        "SlowDeadLetterQueueUrl": "QueuesSlowDeadLetters",
        "IngestionQueueUrl": "QueuesIngestion",
        "IngestionDeadLetterQueueUrl": "QueuesIngestionDeadLetters",
        "EventBusName": "BusEvents",
        "SchedulerDeadLetterQueueUrl": "QueuesSchedulerDeadLetters",
        "ScheduleGroup": dev.properties("SchedulesGroup")["Name"],
        "MasterSecretParameter": "/parcelhook/dev/master-secret",
        "SigningKeyParameter": "/parcelhook/dev/signing-key",
        "DashboardUrl": (
            "https://AWS::Region.console.aws.amazon.com/cloudwatch/home"
            "?region=AWS::Region#dashboards/dashboard/DashboardPage"
        ),
    }


def test_nothing_has_a_name_that_a_second_stack_could_not_have(dev: Template) -> None:
    for name, body in dev.resources.items():
        if body["Type"] not in REFERENCES:
            assert not set(PHYSICAL_NAMES) & set(body.get("Properties", {})), name


def test_everything_carries_app_and_stage(prod: Template) -> None:
    for name, body in prod.resources.items():
        tags = body["Properties"].get("Tags")
        if isinstance(tags, list):
            assert {"Key": "app", "Value": "parcelhook"} in tags, name
            assert {"Key": "stage", "Value": "prod"} in tags, name


def test_what_production_keeps_is_the_registry_and_the_logs(prod: Template) -> None:
    kept = {body["Type"] for body in prod.resources.values() if body.get("DeletionPolicy") == "Retain"}
    assert kept == {"AWS::DynamoDB::Table", "AWS::Logs::LogGroup"}


def test_development_keeps_nothing(dev: Template) -> None:
    assert not [name for name, body in dev.resources.items() if body.get("DeletionPolicy") == "Retain"]


def test_template_is_tied_to_no_account(assemblies: Path) -> None:
    manifest = json.loads((assemblies / "dev/manifest.json").read_text())
    assert manifest["artifacts"]["Parcelhook-dev"]["environment"] == "aws://unknown-account/unknown-region"


def test_checks_find_what_is_wrong(assemblies: Path) -> None:
    assert "Validation failed" in (assemblies / "careless.txt").read_text()


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_cloudformation_would_accept_the_template(assemblies: Path, stage: str) -> None:
    # W3005: CDK lists a dependency of each function on its role that the role's use implies already.
    options = ["--regions", "us-east-1", "--ignore-checks", "W3005", "--template"]
    template = assemblies / stage / f"Parcelhook-{stage}.template.json"
    command = [str(Path(sys.executable).with_name("cfn-lint")), *options, str(template)]
    process = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
    assert process.returncode == 0, process.stdout


def test_command_line_is_pinned_and_its_lock_names_no_registry() -> None:
    package = json.loads((REPOSITORY / "infra/package.json").read_text())
    lock_text = (REPOSITORY / "infra/package-lock.json").read_text()
    locked = json.loads(lock_text)["packages"]["node_modules/aws-cdk"]
    assert package["devDependencies"] == {"aws-cdk": locked["version"]}
    assert locked["integrity"].startswith("sha512-")
    assert "resolved" not in lock_text
    assert "http" not in lock_text


def test_cdk_json_holds_nothing_of_an_account() -> None:
    document = json.loads((REPOSITORY / "cdk.json").read_text())
    assert document["app"] == ".venv/bin/python -m infra.app"
    assert all(key.startswith("@") for key in document["context"])
