"""The event source mappings of `parcelhook.resources`: from queue to function."""

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.config import StageSettings
from infra.constructs.functions import Functions
from infra.constructs.queues import Queues
from parcelhook.resources import EVENTS_MAPPING, MAPPINGS, Mapping


class Mappings(Construct):
    """Each hands over a batch and takes back which of its messages failed.

    Concurrency is capped here and not reserved on the function: a new AWS account has none to reserve, and a function
    without any left would have its messages counted as received until they end as dead letters.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, queues: Queues, functions: Functions, settings: StageSettings
    ) -> None:
        super().__init__(scope, construct_id)
        for mapping in MAPPINGS:
            # Not the `SqsEventSource` of CDK, which grants more than reading takes; see `permissions`.
            lambda_.EventSourceMapping(
                self,
                mapping.queue.name.capitalize(),
                target=functions.by_name[mapping.function.name],
                event_source_arn=queues.by_name[mapping.queue.name].queue_arn,
                batch_size=mapping.batch_size,
                max_batching_window=Duration.seconds(batching_window(mapping, settings)),
                max_concurrency=concurrency(mapping, settings),
                report_batch_item_failures=True,
            )


def concurrency(mapping: Mapping, settings: StageSettings) -> int:
    """The setting is that of published events; the others keep their proportion. AWS takes no less than 2."""
    return max(2, round(mapping.max_concurrency * settings.max_concurrency / EVENTS_MAPPING.max_concurrency))


def batching_window(mapping: Mapping, settings: StageSettings) -> int:
    """In seconds. The setting is that of published events: what is tried again has waited long enough."""
    return settings.batching_window_seconds if mapping == EVENTS_MAPPING else mapping.batching_window
