"""What AWS still has of a stage."""

from collections.abc import Callable
from typing import Any

import boto3

# How each kind of thing is listed: service, call, member of the answer, and what a thing is called there.
_LISTS: tuple[tuple[str, str, str, Callable[[Any], str]], ...] = (
    ("cloudformation", "describe_stacks", "Stacks", lambda each: each["StackName"]),
    ("dynamodb", "list_tables", "TableNames", str),
    ("sqs", "list_queues", "QueueUrls", str),
    ("lambda", "list_functions", "Functions", lambda each: each["FunctionName"]),
    ("lambda", "list_layers", "Layers", lambda each: each["LayerName"]),
    ("lambda", "list_event_source_mappings", "EventSourceMappings", lambda each: each["FunctionArn"]),
    ("logs", "describe_log_groups", "logGroups", lambda each: each["logGroupName"]),
    ("apigatewayv2", "get_apis", "Items", lambda each: each["Name"]),
    ("scheduler", "list_schedule_groups", "ScheduleGroups", lambda each: each["Name"]),
    ("scheduler", "list_schedules", "Schedules", lambda each: each["GroupName"]),
    ("events", "list_event_buses", "EventBuses", lambda each: each["Name"]),
    ("cloudwatch", "describe_alarms", "MetricAlarms", lambda each: each["AlarmName"]),
    ("cloudwatch", "list_dashboards", "DashboardEntries", lambda each: each["DashboardName"]),
    ("iam", "list_roles", "Roles", lambda each: each["RoleName"]),
    ("ssm", "describe_parameters", "Parameters", lambda each: each["Name"]),
)


SERVICES = frozenset(service for service, *_ in _LISTS)


def left_of(stage: str) -> list[str]:
    """Names of all that belongs to the stage, each with its service; logs that Lambda made itself included."""
    found = []
    for service, call, member, name_of in _LISTS:
        client: Any = boto3.client(service)  # type: ignore[call-overload]
        names = [name_of(each) for each in getattr(client, call)().get(member, [])]
        found += [f"{service}: {name}" for name in names if belongs(name, stage)]
    return found


def belongs(name: str, stage: str) -> bool:
    """Whether CloudFormation, CDK or we would call something of the stage so."""
    plain = name.lower().replace("-", "").replace("/", "")
    return f"parcelhook{stage}" in plain
