"""The real flow on moto: published through the api, received from the queue, dispatched, tried again when due."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil
from typing import Any

import botocore.session
from moto import mock_aws

from benchmarks.cost import units
from benchmarks.cost.witness import Witness
from functions.api.app import Resolve, build_app
from functions.api.routes import GROUPS
from infra.constructs.http_api import ACCESS_LOG_FIELDS
from local import layout, provision
from parcelhook.catalogue import sample
from parcelhook.delivery.engine import Engine
from parcelhook.delivery.plan import ReceivedMessage
from parcelhook.delivery.sender import Post
from parcelhook.messages import decode
from parcelhook.model.account import Mode
from parcelhook.model.event import EventType
from parcelhook.model.response import EndpointResponse
from parcelhook.resources import EVENTS_MAPPING, LEDGER, REGISTRY, RETRIES_MAPPING, Mapping
from parcelhook.security.api_keys import KeyStyle
from parcelhook.services import build_administration
from parcelhook.services.api import build_api_services
from parcelhook.services.dispatch import build_engine, build_observer
from parcelhook.services.outside import Outside
from parcelhook.services.retry import build_redriver
from parcelhook.settings import Settings
from parcelhook.storage.endpoint_items import NO_CONDITION
from parcelhook.telemetry import Lines, build_logger
from tests.api_calls import api_event
from tests.fakes import FixedClock

# CloudWatch counts these for each line besides its text.
_LINE_BYTES = 26
_DATA = sample(EventType.TRACKING_UPDATED)
_GROUP = "due"
_BEFORE = 1_500


@dataclass(slots=True)
class Endpoint:
    """Answers everything alike, and keeps what it was sent."""

    status: int = 200
    posts: list[Post] = field(default_factory=list)

    async def send(self, post: Post) -> EndpointResponse:
        self.posts.append(post)
        return EndpointResponse(status_code=self.status, body=b"ok" if self.status == 200 else b"no")


@dataclass(slots=True)
class Counted:
    """What a flow came to."""

    units: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    invocations: Counter[str] = field(default_factory=Counter)
    """Of each function."""
    single_calls: int = 0
    """Calls of dispatch to AWS besides one read and one write of a batch."""
    attempts: int = 0
    api_calls: int = 0
    log_bytes: int = 0
    infrequent_log_bytes: int = 0
    """Of the log groups of the cheaper class: the access log and what the api writes."""
    stored_bytes: int = 0
    posts: Sequence[Post] = ()
    answer_bytes: int = 0


class Flow:
    """A deployment with one account and one subscription of ShipEngine's, the dearest to sign."""

    def __init__(self, session: Any, status: int) -> None:
        self._session = session
        self.witness, self.counted, self.endpoint = Witness(session), Counted(), Endpoint(status)
        self.clock, self._log, self._api_log = FixedClock(), list[str](), list[str]()
        self.settings = _provision(session)
        outside = Outside(client=self.witness.client, clock=self.clock, wait=lambda _: None)
        plain = Outside(client=session.create_client, clock=self.clock)
        administration = build_administration(self.settings, plain)
        administration.ensure_secrets()
        account = administration.create_account("Acme")
        self._key = administration.create_key(account.id, mode=Mode.LIVE, style=KeyStyle.SHIPENGINE)[1]
        build_logger("INFO", self._log.append)
        observer = build_observer(self.settings, self.clock, self._log.append)
        self._app: Resolve = build_app(build_api_services(self.settings, outside), GROUPS, Lines(self._api_log.append))
        self._engine: Engine = build_engine(self.settings, observer, outside, sender=self.endpoint)
        self._redriver = build_redriver(self.settings, outside)
        body = {"event": "track", "url": "https://hooks.example.com/parcels"}
        self._call("POST", "/v1/environment/webhooks", body)
        # A worker has read the registry's parts that do not change before it takes part in what is counted.
        self._engine.attempter.secrets.master()
        self._engine.attempter.secrets.rsa()

    def publish(self, count: int, together: int) -> None:
        """Publishes `count` events, so many in a call."""
        item = {"type": "tracking.updated", "data": _DATA}
        for _ in range(count // together):
            answer = self._call("POST", "/v1/events", item if together == 1 else [item] * together)
            self.counted.api_calls += 1
            self.counted.invocations["api"] += 1
            self.counted.infrequent_log_bytes += len(_access_line(answer)) + _LINE_BYTES
            self.counted.answer_bytes += len(answer["body"]) + sum(map(len, str(answer.get("headers", {}))))

    def dispatch(self, mapping: Mapping, url: str) -> None:
        """Receives and dispatches until the queue is empty, in batches as full as the mapping makes them."""
        sqs = self.witness.client("sqs")
        while batch := self._received(sqs, url, mapping.batch_size):
            received = [ReceivedMessage(id=each["MessageId"], message=decode(each["Body"])) for each in batch]
            before = sum(self._calls_of("dynamodb").values())
            attempts = len(self.endpoint.posts)
            failed = asyncio.run(self._engine.dispatch(received, deadline=self.clock.monotonic() + 60))
            assert not failed
            made = sum(self._calls_of("dynamodb").values()) - before
            batched = 1 + ceil((len(self.endpoint.posts) - attempts) / 12)
            self.counted.single_calls += max(0, made - batched)
            self.counted.invocations["dispatch"] += 1
            entries = [{"Id": str(n), "ReceiptHandle": each["ReceiptHandle"]} for n, each in enumerate(batch)]
            for start in range(0, len(entries), 10):
                sqs.delete_message_batch(QueueUrl=url, Entries=entries[start : start + 10])

    def retry(self, times: int) -> None:
        """Lets what failed become due, so many times."""
        for _ in range(times):
            self._forget_conditions()
            self.clock.forward(hours=2, minutes=5)
            for page_bucket in self._buckets():
                for shard in range(self.settings.due_shards):
                    self._redriver.redrive(page_bucket, shard)
                    self.counted.invocations["retry"] += 1
                    self.witness.units["Scheduler invocations"] += 1
            self.dispatch(RETRIES_MAPPING, self.settings.retries_queue_url)

    def finished(self) -> Counted:
        """All that was counted."""
        counted = self.counted
        counted.units, counted.calls = self.witness.units, self.witness.calls
        counted.posts, counted.attempts = self.endpoint.posts, len(self.endpoint.posts)
        counted.log_bytes += sum(len(line.encode()) + _LINE_BYTES for line in self._log)
        counted.infrequent_log_bytes += sum(len(line.encode()) + _LINE_BYTES for line in self._api_log)
        ledger = {key: item for key, item in self.witness.stored.items() if key[0] == self.settings.ledger_table}
        self.witness.stored = ledger
        counted.stored_bytes = self.witness.stored_bytes
        return counted

    def forget(self) -> None:
        """What was done until here does not count."""
        self.witness.units.clear()
        self.witness.calls.clear()
        self.witness.stored.clear()
        self.endpoint.posts.clear()
        self._log.clear()
        self._api_log.clear()
        self.counted = Counted()

    def _forget_conditions(self) -> None:
        """The failures are those of many endpoints, none of which fails often enough for its circuit to open."""
        plain = self._session.create_client("dynamodb")
        for item in plain.scan(TableName=REGISTRY.name)["Items"]:
            if item["sk"]["S"].startswith("SUB#"):
                healthy = {name: value for name, value in item.items() if name not in NO_CONDITION}
                plain.put_item(TableName=REGISTRY.name, Item=healthy)

    def _buckets(self) -> list[Any]:
        due = {item["due_sk"]["S"] for item in self.witness.stored.values() if "due_sk" in item}
        return sorted(self.clock.now().fromisoformat(text) for text in due)

    def _received(self, sqs: Any, url: str, size: int) -> list[dict[str, Any]]:
        batch: list[dict[str, Any]] = []
        while len(batch) < size:
            wanted = min(10, size - len(batch))
            found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=wanted).get("Messages", [])
            if not found:
                break
            self.witness.units["SQS requests (64 KB each)"] += units.queue_requests(each["Body"] for each in found)
            batch += found
        return batch

    def _calls_of(self, service: str) -> dict[str, int]:
        return {name: count for name, count in self.witness.calls.items() if name.startswith(service)}

    def _call(self, method: str, path: str, body: object) -> dict[str, Any]:
        answer = self._app(api_event(method, path, {"api-key": self._key}, json.dumps(body)), None)
        assert answer["statusCode"] < 300, answer
        return answer


@contextmanager
def open_flow(status: int = 200) -> Iterator[Flow]:
    """An empty deployment whose endpoint answers `status`."""
    with mock_aws():
        session = botocore.session.Session()
        session.set_config_variable("region", layout.REGION)
        flow = Flow(session, 200)
        # A worker that has been at it for a while: it writes down less often what accounts use.
        flow.publish(_BEFORE, 100)
        flow.dispatch(EVENTS_MAPPING, flow.settings.events_queue_url)
        flow.endpoint.status = status
        flow.forget()
        yield flow


def delivered(count: int, together: int) -> Counted:
    """`count` events published so many together, delivered at the first attempt."""
    with open_flow() as flow:
        flow.publish(count, together)
        flow.dispatch(EVENTS_MAPPING, flow.settings.events_queue_url)
        return _checked(flow, count)


def discarded(count: int, together: int) -> Counted:
    """`count` events whose deliveries fail three times."""
    with open_flow(status=500) as flow:
        flow.publish(count, together)
        flow.dispatch(EVENTS_MAPPING, flow.settings.events_queue_url)
        flow.retry(2)
        return _checked(flow, 3 * count)


def _checked(flow: Flow, attempts: int) -> Counted:
    counted = flow.finished()
    assert counted.attempts == attempts, (counted.attempts, attempts)
    return counted


def _provision(session: Any) -> Settings:
    dynamodb, sqs = session.create_client("dynamodb"), session.create_client("sqs")
    for table in (REGISTRY, LEDGER):
        dynamodb.create_table(**(provision.table_arguments(table) | {"TableName": table.name}))
    session.create_client("scheduler").create_schedule_group(Name=_GROUP)
    make: Callable[[str], str] = lambda name: str(sqs.create_queue(QueueName=name)["QueueUrl"])  # noqa: E731
    return Settings(
        stage="prod",
        registry_table=REGISTRY.name,
        ledger_table=LEDGER.name,
        events_queue_url=make("events"),
        retries_queue_url=make("retries"),
        slow_queue_url=make("slow"),
        schedule_group=_GROUP,
        retry_function_arn="arn:aws:lambda:us-east-1:123456789012:function:retry",
        scheduler_role_arn="arn:aws:iam::123456789012:role/scheduler",
        master_secret_parameter="/master",  # noqa: S106 - the name of one
        signing_key_parameter="/rsa",
        subscription_cache_seconds=int(timedelta(seconds=5).total_seconds()),
    )


def _access_line(answer: dict[str, Any]) -> str:
    values = {
        "status": answer["statusCode"],
        "ms": 31,
        "error": "--",
    }
    return json.dumps({name: str(values[name]) for name in ACCESS_LOG_FIELDS})
