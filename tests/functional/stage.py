"""A stage on moto whose dispatch and retry functions are invoked as Lambda invokes them."""

import importlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
import pytest

from local import layout, provision
from local.lambdas import invoke
from local.sqs_event import to_event
from parcelhook.clock import SystemClock
from parcelhook.messages import Message
from parcelhook.queues import SqsQueue
from parcelhook.resources import DISPATCH, EVENTS, LEDGER, REGISTRY, RETRIES, RETRY, Queue
from parcelhook.settings import Settings
from parcelhook.storage.ledger import Ledger
from parcelhook.storage.registry import Registry
from parcelhook.storage.table import DynamoTable
from tests.cloud import open_cloud

_RSA_KEY = Path(__file__).parents[1] / "vectors" / "rsa_key.pem"
SETTINGS = Settings(
    registry_table=layout.table_name(REGISTRY),
    ledger_table=layout.table_name(LEDGER),
    events_queue_url=layout.queue_url(layout.queue_name(EVENTS)),
    retries_queue_url=layout.queue_url(layout.queue_name(RETRIES)),
    schedule_group=layout.SCHEDULE_GROUP,
    retry_function_arn=layout.function_arn(RETRY),
    scheduler_role_arn=f"arn:aws:iam::{layout.AWS_ACCOUNT}:role/scheduler",
    master_secret_parameter="/test/master",
    signing_key_parameter="/test/rsa",
    dangerous_allow_private_endpoints=True,
)


@dataclass
class Stage:
    """Its functions, and what they work on."""

    ledger: Ledger
    registry: Registry
    dispatch_module: ModuleType
    retry_module: ModuleType

    def send(self, queue: Queue, *messages: Message) -> None:
        SqsQueue(boto3.client("sqs"), layout.queue_url(layout.queue_name(queue))).send_many(messages)

    def receive(self, queue: Queue) -> dict[str, Any]:
        """The event that Lambda makes of up to ten messages."""
        name = layout.queue_name(queue)
        answer = boto3.client("sqs").receive_message(
            QueueUrl=layout.queue_url(name), MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
        )
        return to_event(answer.get("Messages", []), layout.queue_arn(name))

    def dispatch(self, event: dict[str, Any]) -> set[str]:
        """Which messages come again."""
        answer = invoke(self.dispatch_module.handler, DISPATCH, event)
        return {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}

    def retry(self, event: dict[str, Any]) -> Any:
        return invoke(self.retry_module.handler, RETRY, event)

    def schedules(self) -> list[dict[str, Any]]:
        """All schedules of the group, in full."""
        client: Any = boto3.client("scheduler")
        names = [each["Name"] for each in client.list_schedules(GroupName=layout.SCHEDULE_GROUP)["Schedules"]]
        return [client.get_schedule(GroupName=layout.SCHEDULE_GROUP, Name=name) for name in names]


@contextmanager
def running_stage(patch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """Everything that the functions need, and an environment that says so; they start cold."""
    for name, value in SETTINGS.to_environment().items():
        patch.setenv(name, value)
    patch.setenv("AWS_DEFAULT_REGION", layout.REGION)
    patch.delenv("AWS_ENDPOINT_URL", raising=False)
    with open_cloud(), _provisioned() as stage:
        yield stage


@contextmanager
def _provisioned() -> Iterator[Stage]:
    provision.create_tables(boto3.client("dynamodb"))
    provision.create_queues(boto3.client("sqs"))
    boto3.client("scheduler").create_schedule_group(Name=layout.SCHEDULE_GROUP)
    ssm = boto3.client("ssm")
    ssm.put_parameter(Name="/test/master", Value="c2VjcmV0" * 5 + "c2U=", Type="SecureString")
    ssm.put_parameter(Name="/test/rsa", Value=_RSA_KEY.read_text(), Type="SecureString")
    dynamodb = boto3.client("dynamodb")
    ledger = Ledger(table=DynamoTable(dynamodb, SETTINGS.ledger_table), clock=SystemClock(), days=30, shards=1)
    dispatch, retry = (_cold(f"functions.{name}.handler") for name in ("dispatch", "retry"))
    try:
        yield Stage(ledger, Registry(DynamoTable(dynamodb, SETTINGS.registry_table)), dispatch, retry)
    finally:
        # Lambda ends the process instead.
        dispatch._runner().close()


def _cold(name: str) -> ModuleType:
    """The module as a new process imports it: with nothing remembered."""
    return importlib.reload(importlib.import_module(name))


@dataclass
class Endpoint:
    """An HTTP endpoint that answers all with one status, and keeps what it got."""

    url: str
    status: int = 200
    bodies: list[bytes] = field(default_factory=list)


@contextmanager
def listening() -> Iterator[Endpoint]:
    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            endpoint.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(endpoint.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Listener) as server:
        endpoint = Endpoint(f"http://127.0.0.1:{server.server_port}/hook")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield endpoint
        finally:
            server.shutdown()
            thread.join()
