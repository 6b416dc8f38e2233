"""The queue of events, for a worker that goes on receiving."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from parcelhook.delivery.backlog import SqsBacklog
from parcelhook.messages import encode
from tests import builders
from tests.unit.delivery.system import events_message


@dataclass(slots=True)
class Client:
    """Hands out prepared messages, one answer after the other."""

    answers: list[list[dict[str, Any]]]
    deleted: list[str] = field(default_factory=list)

    def receive_message(self, **_: object) -> dict[str, Any]:
        return {"Messages": self.answers.pop(0)}

    def delete_message_batch(self, *, QueueUrl: str, Entries: Sequence[dict[str, str]]) -> dict[str, Any]:  # noqa: N803
        assert len(Entries) <= 10
        self.deleted += [each["ReceiptHandle"] for each in Entries]
        return {}


def waiting(message_id: str, receipt: str, body: str | None = None) -> dict[str, Any]:
    readable = encode(events_message(builders.event()).message)
    return {
        "MessageId": message_id,
        "ReceiptHandle": receipt,
        "Body": readable if body is None else body,
        "Attributes": {"ApproximateReceiveCount": "1"},
    }


def backlog(*answers: list[dict[str, Any]]) -> tuple[SqsBacklog, Client]:
    client = Client(list(answers))
    return SqsBacklog(client=cast(Any, client), url="https://sqs.example/events"), client


def test_what_was_handled_is_deleted_in_parts_that_sqs_takes() -> None:
    first, second = ([waiting(f"{part}{n}", f"receipt-{part}{n}") for n in range(8)] for part in "ab")
    queue, client = backlog(first, second)
    ids = [each.id for each in (*queue.receive(), *queue.receive())]

    queue.handled(ids)

    assert client.deleted == [f"receipt-{each}" for each in ids]


def test_a_message_that_was_handed_out_twice_is_deleted_with_its_newest_receipt_and_once() -> None:
    queue, client = backlog([waiting("a", "first"), waiting("b", "b")], [waiting("a", "second")])
    one, other = queue.receive(), queue.receive()

    queue.handled([each.id for each in one])
    queue.handled([each.id for each in other])

    assert client.deleted == ["second", "b"]


def test_a_message_that_cannot_be_read_is_left_in_the_queue() -> None:
    queue, client = backlog([waiting("a", "first", body="{"), waiting("b", "b")])

    received = queue.receive()
    queue.handled([each.id for each in received])

    assert ([each.id for each in received], client.deleted) == (["b"], ["b"])
