"""What producers inside AWS published and nobody could accept: kept in a dead-letter queue, with the reason."""

from typing import TYPE_CHECKING, Protocol

from parcelhook.collaborators import collaborator
from parcelhook.errors import ParcelhookError
from parcelhook.storage.failures import translated

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

REASON, ERROR = "reason", "error"
"""Names of the message attributes."""
_LONGEST_REASON = 2_000


class Refusals(Protocol):
    """Keeps what was refused."""

    def keep(self, body: str, error: ParcelhookError) -> None:
        """Keeps `body` as it came, and why it was refused. Raises `UnavailableError`."""
        ...


@collaborator
class SqsRefusals:
    """In a queue: the body as it came, so that it can be sent again, the reason in attributes."""

    client: "SQSClient"
    url: str

    def keep(self, body: str, error: ParcelhookError) -> None:
        reason = str(error)[:_LONGEST_REASON].encode("ascii", "backslashreplace").decode() or type(error).__name__
        with translated():
            self.client.send_message(
                QueueUrl=self.url,
                MessageBody=body,
                MessageAttributes={
                    ERROR: {"DataType": "String", "StringValue": type(error).__name__},
                    REASON: {"DataType": "String", "StringValue": reason},
                },
            )
