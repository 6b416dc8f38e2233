"""Who may do what: each function exactly what it does, on exactly what it does it to."""

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from constructs import IConstruct

from infra.constructs.backing import Backing
from infra.constructs.nag import acknowledge
from infra.constructs.schedules import SCHEDULER
from parcelhook.resources import (
    API,
    DISPATCH,
    DUE_INDEX,
    EVENTS,
    INGEST,
    INGESTION,
    LEDGER,
    REGISTRY,
    RETRIES,
    RETRY,
    SLOW,
    STATE_INDEX,
)

GET = ("GetItem", "BatchGetItem")


def permissions(backing: Backing) -> dict[str, list[iam.PolicyStatement]]:
    """The statements of each function's role, by the function's name."""
    return {
        API.name: _api(backing),
        DISPATCH.name: _dispatch(backing),
        RETRY.name: _retry(backing),
        INGEST.name: _ingest(backing),
    }


def _api(backing: Backing) -> list[iam.PolicyStatement]:
    registry, ledger = _table(backing, REGISTRY.name), _table(backing, LEDGER.name)
    return [
        _dynamodb([*GET, "Query", "PutItem", "UpdateItem", "DeleteItem"], registry),
        _dynamodb([*GET, "PutItem", "BatchWriteItem", "UpdateItem", "DeleteItem"], ledger),
        _dynamodb(["Query"], ledger, f"{ledger}/index/{STATE_INDEX.name}"),
        _send(backing, EVENTS.name, RETRIES.name),
        _read_parameters(backing),
    ]


def _dispatch(backing: Backing) -> list[iam.PolicyStatement]:
    registry, ledger = _table(backing, REGISTRY.name), _table(backing, LEDGER.name)
    return [
        _dynamodb(["Query", "UpdateItem"], registry),
        _dynamodb(["BatchGetItem", "PutItem", "BatchWriteItem", "UpdateItem"], ledger),
        _dynamodb(["Query"], ledger, f"{ledger}/index/{STATE_INDEX.name}"),
        _consume(backing, EVENTS.name, RETRIES.name, SLOW.name),
        _send(backing, EVENTS.name, RETRIES.name, SLOW.name),
        *_schedule(backing),
        _read_parameters(backing),
    ]


def _retry(backing: Backing) -> list[iam.PolicyStatement]:
    ledger = _table(backing, LEDGER.name)
    return [
        _dynamodb(["BatchGetItem", "PutItem"], ledger),
        _dynamodb(["Query"], ledger, f"{ledger}/index/{DUE_INDEX.name}"),
        _send(backing, RETRIES.name),
        *_schedule(backing),
    ]


def _ingest(backing: Backing) -> list[iam.PolicyStatement]:
    registry, ledger = _table(backing, REGISTRY.name), _table(backing, LEDGER.name)
    refused = iam.PolicyStatement(
        actions=["sqs:SendMessage"], resources=[backing.queues.dead_letters[INGESTION.name].queue_arn]
    )
    return [
        _dynamodb(["GetItem", "Query", "PutItem", "UpdateItem"], registry),
        _dynamodb(["PutItem", "BatchWriteItem", "UpdateItem", "DeleteItem"], ledger),
        _send(backing, EVENTS.name),
        _consume(backing, INGESTION.name),
        refused,
    ]


def accept_wildcards(role: IConstruct, function_name: str, backing: Backing) -> None:
    """Where a wildcard cannot be avoided."""
    if function_name in {DISPATCH.name, RETRY.name}:
        arn = f"arn:<AWS::Partition>:scheduler:<AWS::Region>:<AWS::AccountId>:{backing.due_schedules}"
        reason = "Schedules are created while events flow; all are in the stack's own group."
        acknowledge(role, f"AwsSolutions-IAM5[Resource::{arn}]", reason)


def _table(backing: Backing, name: str) -> str:
    return backing.tables.by_name[name].table_arn


def _queues(backing: Backing, *names: str) -> list[str]:
    return [backing.queues.by_name[name].queue_arn for name in names]


def _dynamodb(actions: list[str], *resources: str) -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=[f"dynamodb:{action}" for action in actions], resources=list(resources))


def _send(backing: Backing, *names: str) -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=["sqs:SendMessage"], resources=_queues(backing, *names))


def _consume(backing: Backing, *names: str) -> iam.PolicyStatement:
    actions = ("ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility", "GetQueueAttributes")
    return iam.PolicyStatement(actions=[f"sqs:{action}" for action in actions], resources=_queues(backing, *names))


def _schedule(backing: Backing) -> list[iam.PolicyStatement]:
    due_schedules = f"arn:{Aws.PARTITION}:scheduler:{Aws.REGION}:{Aws.ACCOUNT_ID}:{backing.due_schedules}"
    create = iam.PolicyStatement(actions=["scheduler:CreateSchedule"], resources=[due_schedules])
    # A schedule is created with the role that starts its target; nothing else may be given that role.
    hand_over = iam.PolicyStatement(
        actions=["iam:PassRole"],
        resources=[backing.schedules.role.role_arn],
        conditions={"StringEquals": {"iam:PassedToService": SCHEDULER}},
    )
    return [create, hand_over]


def _read_parameters(backing: Backing) -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=["ssm:GetParameter"], resources=backing.parameter_arns)
