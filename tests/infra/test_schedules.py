import json

from parcelhook.resources import SWEEP_INTERVAL_MINUTES
from tests.infra.template import Template, permissions


def test_scheduler_may_only_start_the_retry_function_and_say_when_it_could_not(dev: Template) -> None:
    assert permissions(dev.statements("SchedulesStart")) == {
        "FunctionsRetry.Arn": {"lambda:InvokeFunction"},
        "QueuesSchedulerDeadLetters.Arn": {"sqs:SendMessage"},
    }
    assert dev.properties("SchedulesStart")["Roles"] == ["SchedulesRole"]


def test_scheduler_role_is_for_this_accounts_schedules_of_this_group(dev: Template) -> None:
    role = dev.properties("SchedulesRole")
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "AWS::AccountId", "aws:SourceArn": "SchedulesGroup.Arn"}
    }
    assert "ManagedPolicyArns" not in role


def test_group_and_what_waits_in_it_go_with_the_stack(dev: Template, prod: Template) -> None:
    for template in (dev, prod):
        assert template.resources["SchedulesGroup"]["DeletionPolicy"] == "Delete"


def test_groups_of_two_stages_differ(dev: Template, prod: Template) -> None:
    assert dev.properties("SchedulesGroup")["Name"] != prod.properties("SchedulesGroup")["Name"]


def test_safety_net_runs_regularly(dev: Template) -> None:
    sweep = dev.properties("SchedulesSweep")
    assert sweep["ScheduleExpression"] == f"rate({SWEEP_INTERVAL_MINUTES} minutes)"
    assert sweep["GroupName"] == dev.properties("SchedulesGroup")["Name"]
    assert sweep["FlexibleTimeWindow"] == {"Mode": "OFF"}
    target = sweep["Target"]
    assert (target["Arn"], target["RoleArn"]) == ("FunctionsRetry.Arn", "SchedulesRole.Arn")
    assert json.loads(target["Input"]) == {"kind": "sweep"}
    assert target["DeadLetterConfig"] == {"Arn": "QueuesSchedulerDeadLetters.Arn"}
