"""Log groups that forget: CloudWatch's own default is to keep everything for ever."""

from typing import cast

from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.config import StageSettings


def log_group(
    scope: Construct,
    construct_id: str,
    settings: StageSettings,
    *,
    log_class: logs.LogGroupClass = logs.LogGroupClass.STANDARD,
) -> logs.LogGroup:
    """Kept with the stage's data, since logs are what is asked for once a stack is gone.

    The class of a group never changes: another one is another group, with another `construct_id`.
    """
    removal_policy = RemovalPolicy.RETAIN if settings.keeps_data else RemovalPolicy.DESTROY
    group = logs.LogGroup(scope, construct_id, removal_policy=removal_policy, log_group_class=log_class)
    # Days rather than the names that CDK has for them, so that a setting is what CloudWatch shows.
    cast(logs.CfnLogGroup, group.node.default_child).retention_in_days = settings.log_retention_days
    return group
