"""What somebody should look at, told by e-mail if an address is given."""

from collections.abc import Iterator

from aws_cdk import Aws, Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.config import StageSettings
from infra.constructs.functions import Functions
from infra.constructs.http_api import HttpApi
from infra.constructs.queues import Queues

PERIOD = Duration.minutes(5)
# A batch may take a minute and a message be tried again after six; later than that somebody is waiting.
OLDEST_MESSAGE_SECONDS = 900


class Alarms(Construct):
    """All are about our faults or AWS's: a customer's failing endpoint raises none of them."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        queues: Queues,
        functions: Functions,
        api: HttpApi,
        settings: StageSettings,
    ) -> None:
        super().__init__(scope, construct_id)
        action = self._email(settings.alarm_email) if settings.alarm_email else None
        for alarm in (*self._of_queues(queues), *self._of_functions(functions), self._of_api(api)):
            if action:
                alarm.add_alarm_action(action)

    def _of_queues(self, queues: Queues) -> Iterator[cloudwatch.Alarm]:
        dead_letters = queues.dead_letters | {"scheduler": queues.scheduler_dead_letters}
        for name, queue in dead_letters.items():
            metric = queue.metric_approximate_number_of_messages_visible(period=PERIOD, statistic="Maximum")
            yield self._alarm(f"{name.capitalize()}DeadLetters", metric, 0, f"{name}: something could not be processed")
        for name, queue in queues.by_name.items():
            metric = queue.metric_approximate_age_of_oldest_message(period=PERIOD, statistic="Maximum")
            yield self._alarm(f"{name.capitalize()}Age", metric, OLDEST_MESSAGE_SECONDS, f"{name}: work is piling up")

    def _of_functions(self, functions: Functions) -> Iterator[cloudwatch.Alarm]:
        for name, function in functions.by_name.items():
            errors = function.metric_errors(period=PERIOD, statistic="Sum")
            yield self._alarm(f"{name.capitalize()}Errors", errors, 0, f"{name}: the function failed")
            throttles = function.metric_throttles(period=PERIOD, statistic="Sum")
            yield self._alarm(f"{name.capitalize()}Throttles", throttles, 0, f"{name}: no concurrency left to run")

    def _of_api(self, api: HttpApi) -> cloudwatch.Alarm:
        metric = api.stage.metric_server_error(period=PERIOD, statistic="Sum")
        return self._alarm("ApiServerErrors", metric, 0, "api: answered with a 5xx")

    def _alarm(
        self, construct_id: str, metric: cloudwatch.IMetric, threshold: int, description: str
    ) -> cloudwatch.Alarm:
        return cloudwatch.Alarm(
            self,
            construct_id,
            metric=metric,
            threshold=threshold,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=description,
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
