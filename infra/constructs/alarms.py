"""What somebody should look at, told by e-mail if an address is given."""

from dataclasses import dataclass

from aws_cdk import Aws
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.config import StageSettings

RUNBOOK = "docs/runbook.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A metric, and when somebody should look at it."""

    name: str
    metric: cloudwatch.IMetric
    limit: float
    """Above it, or below it where `below`, for `periods` of the metric, somebody should look."""
    says: str
    section: str
    """Of the runbook: the anchor of its heading."""
    periods: int = 1
    below: bool = False


class Alarms(Construct):
    """An alarm for each watch. Silence is no alarm: a stage that nobody uses has no data."""

    def __init__(self, scope: Construct, construct_id: str, *, watches: list[Watch], settings: StageSettings) -> None:
        super().__init__(scope, construct_id)
        action = self._email(settings.alarm_email) if settings.alarm_email else None
        for watch in watches:
            alarm = self._alarm(watch)
            if action:
                alarm.add_alarm_action(action)

    def _alarm(self, watch: Watch) -> cloudwatch.Alarm:
        above = cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD
        below = cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD
        return cloudwatch.Alarm(
            self,
            watch.name,
            metric=watch.metric,
            threshold=watch.limit,
            comparison_operator=below if watch.below else above,
            evaluation_periods=watch.periods,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=f"{watch.says}. What to do: {RUNBOOK}#{watch.section}",
        )

    def _email(self, address: str) -> actions.SnsAction:
        topic = sns.Topic(self, "Topic", enforce_ssl=True)
        topic.add_subscription(subscriptions.EmailSubscription(address))
        # The policy that demands TLS takes the place of the one by which alarms might publish.
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["sns:Publish"],
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                resources=[topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            )
        )
        return actions.SnsAction(topic)
