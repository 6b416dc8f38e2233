"""The queues of `parcelhook.resources` and their dead-letter queues: encrypted, over TLS only."""

from aws_cdk import Duration
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.config import StageSettings
from infra.constructs.nag import acknowledge
from parcelhook.resources import EVENTS, QUEUES, Queue


class Queues(Construct):
    """Each queue and its dead-letter queue by the name in `parcelhook.resources`."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: StageSettings) -> None:
        super().__init__(scope, construct_id)
        self._settings = settings
        self.dead_letters = {queue.name: self._dead_letters(queue) for queue in QUEUES}
        self.by_name = {queue.name: self._queue(queue) for queue in QUEUES}
        self.scheduler_dead_letters = self._scheduler_dead_letters()

    def _queue(self, definition: Queue) -> sqs.Queue:
        return sqs.Queue(
            self,
            definition.name.capitalize(),
            # What is gathered is hidden already while the rest of its batch is waited for.
            visibility_timeout=Duration.seconds(
                definition.visibility_timeout + self._settings.batching_window_seconds * (definition == EVENTS)
            ),
            dead_letter_queue=sqs.DeadLetterQueue(
                queue=self.dead_letters[definition.name], max_receive_count=definition.max_receives
            ),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
        )

    def _dead_letters(self, definition: Queue) -> sqs.Queue:
        return sqs.Queue(
            self,
            f"{definition.name.capitalize()}DeadLetters",
            retention_period=Duration.seconds(definition.dead_letter_retention),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
        )

    def _scheduler_dead_letters(self) -> sqs.Queue:
        queue = sqs.Queue(
            self,
            "SchedulerDeadLetters",
            retention_period=Duration.days(14),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
        )
        acknowledge(queue, "AwsSolutions-SQS3", "It is a dead-letter queue itself, that of EventBridge Scheduler.")
        return queue
