"""What EventBridge Scheduler needs: a group for the schedules of due buckets, a role to start them with, the sweep."""

import json

from aws_cdk import Aws, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from parcelhook.resources import SWEEP_INTERVAL_MINUTES

SCHEDULER = "scheduler.amazonaws.com"


class Schedules(Construct):
    """The group goes with the stack, and with the group every schedule that is still waiting in it."""

    def __init__(self, scope: Construct, construct_id: str, *, dead_letters: sqs.IQueue) -> None:
        super().__init__(scope, construct_id)
        self.dead_letters = dead_letters
        self.group = scheduler.ScheduleGroup(self, "Group", removal_policy=RemovalPolicy.DESTROY)
        self.role = iam.Role(
            self,
            "Role",
            description="Lets EventBridge Scheduler start the retry function",
            # Without the conditions a schedule of another account could be made to use this role.
            assumed_by=iam.ServicePrincipal(
                SCHEDULER,
                conditions={
                    "StringEquals": {
                        "aws:SourceAccount": Aws.ACCOUNT_ID,
                        "aws:SourceArn": self.group.schedule_group_arn,
                    }
                },
            ),
        )

    def start(self, function: lambda_.IFunction) -> None:
        """Allows schedules to start this function, and starts it regularly as the safety net."""
        invoke = iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[function.function_arn])
        give_up = iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[self.dead_letters.queue_arn])
        policy = iam.Policy(self, "Start", roles=[self.role], statements=[invoke, give_up])
        self._sweep(function).node.add_dependency(policy)

    def _sweep(self, function: lambda_.IFunction) -> scheduler.CfnSchedule:
        return scheduler.CfnSchedule(
            self,
            "Sweep",
            description="Finds the retries that an interrupted run left behind",
            group_name=self.group.schedule_group_name,
            schedule_expression=f"rate({SWEEP_INTERVAL_MINUTES} minutes)",
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=function.function_arn,
                role_arn=self.role.role_arn,
                input=json.dumps({"kind": "sweep"}),
                dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(arn=self.dead_letters.queue_arn),
                # The next sweep does what a late one would.
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_event_age_in_seconds=60 * SWEEP_INTERVAL_MINUTES, maximum_retry_attempts=2
                ),
            ),
        )
