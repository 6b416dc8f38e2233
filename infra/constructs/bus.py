"""An EventBridge bus whose events are published as if they were put on the ingestion queue."""

from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sqs as sqs
from constructs import Construct


class Bus(Construct):
    """Takes every event that is put on it. What it cannot hand over lies with what is refused."""

    def __init__(self, scope: Construct, construct_id: str, *, queue: sqs.IQueue, dead_letters: sqs.IQueue) -> None:
        super().__init__(scope, construct_id)
        bus = events.EventBus(self, "Events")
        rule = events.Rule(
            self,
            "ToQueue",
            event_bus=bus,
            description="Hands what is to be published to the ingestion queue",
            event_pattern=events.EventPattern(source=events.Match.prefix("")),
        )
        # The queue gets what a producer would put there itself; EventBridge's own envelope says nothing more.
        detail = events.RuleTargetInput.from_event_path("$.detail")
        rule.add_target(targets.SqsQueue(queue, message=detail, dead_letter_queue=dead_letters))
        self.name = bus.event_bus_name
