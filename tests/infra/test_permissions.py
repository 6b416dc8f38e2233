import pytest

from parcelhook.resources import FUNCTIONS, Function
from tests.infra.template import Template, permissions

SCHEDULE = "arn:AWS::Partition:scheduler:AWS::Region:AWS::AccountId:schedule/{group}/*"
PARAMETER = "arn:AWS::Partition:ssm:AWS::Region:AWS::AccountId:parameter/parcelhook/dev/{name}"
READ_PARAMETERS = {
    PARAMETER.format(name="master-secret"): {"ssm:GetParameter"},
    PARAMETER.format(name="signing-key"): {"ssm:GetParameter"},
}
BY_NAME = pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)


def dynamodb(*actions: str) -> set[str]:
    return {f"dynamodb:{action}" for action in actions}


def own_logs(name: str) -> dict[str, set[str]]:
    group = f"{name}Logs" if name in {"Dispatch", "Retry"} else f"{name}Calls"
    return {f"Functions{group}.Arn": {"logs:CreateLogStream", "logs:PutLogEvents"}}


def schedule(template: Template) -> dict[str, set[str]]:
    group = template.properties("SchedulesGroup")["Name"]
    return {
        SCHEDULE.format(group=group): {"scheduler:CreateSchedule"},
        "SchedulesRole.Arn": {"iam:PassRole"},
    }


def test_api_may_do_exactly_this(dev: Template) -> None:
    assert permissions(dev.statements("FunctionsApiRoleDefaultPolicy")) == {
        **own_logs("Api"),
        "TablesRegistry.Arn": dynamodb("GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem"),
        "TablesLedger.Arn": dynamodb(
            *("GetItem", "BatchGetItem", "Query"), *("PutItem", "BatchWriteItem", "UpdateItem", "DeleteItem")
        ),
        "TablesLedger.Arn/index/by-state": dynamodb("Query"),
        "QueuesEvents.Arn": {"sqs:SendMessage"},
        "QueuesRetries.Arn": {"sqs:SendMessage"},
        **READ_PARAMETERS,
    }


def test_dispatch_may_do_exactly_this(dev: Template) -> None:
    consume = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"}
    assert permissions(dev.statements("FunctionsDispatchRoleDefaultPolicy")) == {
        **own_logs("Dispatch"),
        "TablesRegistry.Arn": dynamodb("Query", "UpdateItem"),
        "TablesLedger.Arn": dynamodb("BatchGetItem", "Query", "PutItem", "BatchWriteItem", "UpdateItem"),
        "TablesLedger.Arn/index/by-state": dynamodb("Query"),
        "QueuesEvents.Arn": consume | {"sqs:SendMessage"},
        "QueuesRetries.Arn": consume | {"sqs:SendMessage"},
        "QueuesSlow.Arn": consume | {"sqs:SendMessage"},
        **schedule(dev),
        **READ_PARAMETERS,
    }


def test_retry_may_do_exactly_this(dev: Template) -> None:
    assert permissions(dev.statements("FunctionsRetryRoleDefaultPolicy")) == {
        **own_logs("Retry"),
        "TablesLedger.Arn": dynamodb("BatchGetItem", "PutItem", "Query"),
        "TablesLedger.Arn/index/by-due": dynamodb("Query"),
        "QueuesRetries.Arn": {"sqs:SendMessage"},
        **schedule(dev),
    }


def test_ingest_may_do_exactly_this(dev: Template) -> None:
    consume = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"}
    assert permissions(dev.statements("FunctionsIngestRoleDefaultPolicy")) == {
        **own_logs("Ingest"),
        "TablesRegistry.Arn": dynamodb("GetItem", "Query", "PutItem", "UpdateItem"),
        "TablesLedger.Arn": dynamodb("PutItem", "BatchWriteItem", "UpdateItem", "DeleteItem"),
        "QueuesEvents.Arn": {"sqs:SendMessage"},
        "QueuesIngestionDeadLetters.Arn": {"sqs:SendMessage"},
        "QueuesIngestion.Arn": consume,
    }


@BY_NAME
def test_role_is_handed_to_the_scheduler_only(dev: Template, function: Function) -> None:
    for statement in dev.statements(f"Functions{function.name.capitalize()}RoleDefaultPolicy"):
        expected = None
        if statement["Action"] == "iam:PassRole":
            expected = {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}
        assert statement.get("Condition") == expected


@BY_NAME
def test_function_has_a_role_of_its_own_and_nothing_beside_its_statements(dev: Template, function: Function) -> None:
    name = f"Functions{function.name.capitalize()}"
    role = dev.properties(f"{name}Role")
    assert dev.properties(name)["Role"] == f"{name}Role.Arn"
    assert "ManagedPolicyArns" not in role
    assert "Policies" not in role
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "lambda.amazonaws.com"}
    attached = [policy for policy, body in dev.of_type("AWS::IAM::Policy").items() if f"{name}Role" in body["Roles"]]
    assert attached == [f"{name}RoleDefaultPolicy"]


def test_there_are_no_other_roles(dev: Template) -> None:
    functions = {f"Functions{function.name.capitalize()}Role" for function in FUNCTIONS}
    assert set(dev.of_type("AWS::IAM::Role")) == functions | {"SchedulesRole"}


def test_only_the_front_door_may_call_the_api_function(dev: Template) -> None:
    (permission,) = dev.of_type("AWS::Lambda::Permission").values()
    assert permission["FunctionName"] == "FunctionsApi.Arn"
    assert permission["Principal"] == "apigateway.amazonaws.com"
    assert permission["SourceArn"] == "arn:AWS::Partition:execute-api:AWS::Region:AWS::AccountId:HttpApi/*/*"
