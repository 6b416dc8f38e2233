"""What grows with an account: AWS calls, items read, read and write units of the same work, small and large.

The work is the product's own code on the simulation's DynamoDB, which a million events fit into. What is counted is
what AWS would bill, so a run says the same on every machine.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from benchmarks.claims import Claim
from benchmarks.counted import CountedDynamoDB, Counts
from benchmarks.growth_world import ACCOUNT, KIND, MODE, NOW, SUBSCRIBED, build_world, new_event
from benchmarks.stage import SETTINGS
from benchmarks.table import print_table
from parcelhook.delivery.attempt_log import AttemptLog
from parcelhook.delivery.plan import ReceivedMessage
from parcelhook.delivery.sender import Post
from parcelhook.messages import EventsMessage
from parcelhook.model.delivery import DeliveryState
from parcelhook.model.event import EventType
from parcelhook.model.response import EndpointResponse
from parcelhook.security.parameters import ParameterSecrets
from parcelhook.services import shared
from parcelhook.services.dispatch import build_engine
from parcelhook.services.outside import Outside
from parcelhook.storage.lists import DeliveryFilter, Lists
from parcelhook.storage.stats import Stats
from parcelhook.telemetry import Lines
from tests.simulation.cloud.ssm import SimulatedSsm

SMALL_SUBSCRIPTIONS, LARGE_SUBSCRIPTIONS = 10, 10_000
SMALL_EVENTS, LARGE_EVENTS = 1_000, 1_000_000
_PAGE = 20
# Pages end where 1,000 items were looked at, which may be in the middle of what one call read.
BAR = 1.05


class _Clock:
    """Stands still, so that both sizes see the same."""

    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return time.monotonic()


class _Answering:
    """An endpoint that is satisfied."""

    async def send(self, post: Post) -> EndpointResponse:  # noqa: ARG002 - a sender's
        return EndpointResponse(status_code=200, body=b"")


@dataclass(frozen=True, slots=True)
class Growth:
    """The same work, in a small account and in a large one."""

    work: str
    small: Counts
    large: Counts

    @property
    def ratio(self) -> float:
        """Of whatever grew most; 1 is nothing."""
        return max(
            (self.large.calls or 1) / (self.small.calls or 1),
            (self.large.items_read or 1) / (self.small.items_read or 1),
            (self.large.read_units or 1) / (self.small.read_units or 1),
            (self.large.write_units or 1) / (self.small.write_units or 1),
        )


def measure(subscriptions: int = LARGE_SUBSCRIPTIONS, events: int = LARGE_EVENTS) -> list[Growth]:
    """Each piece of work: first with more subscriptions that do not match, then with more events."""
    few, many = (_counts(build_world(count, SMALL_EVENTS)) for count in (SMALL_SUBSCRIPTIONS, subscriptions))
    long = _counts(build_world(SMALL_SUBSCRIPTIONS, events))
    found = [Growth(f"{work}, {subscriptions:,} subscriptions", few[work], many[work]) for work in few]
    return found + [Growth(f"{work}, {events:,} events", few[work], long[work]) for work in few]


def _counts(client: CountedDynamoDB) -> dict[str, Counts]:
    counted = {}
    for work, run in _works(client):
        client.counts = Counts()
        run()
        counted[work] = client.counts
    return counted


def _works(client: CountedDynamoDB) -> Iterator[tuple[str, Callable[[], object]]]:
    outside = Outside(client=lambda service: _aws(client)[service], clock=_Clock())
    dynamodb: Any = client
    ledger = shared.build_ledger(SETTINGS, dynamodb, outside)
    registry = shared.build_registry(SETTINGS, dynamodb, outside)
    lists = Lists(ledger)

    def deliveries(**members: Any) -> Callable[[], object]:
        wanted = DeliveryFilter(**members)
        return lambda: lists.deliveries(ACCOUNT, MODE, wanted, limit=_PAGE, cursor=None)

    yield "match an event", lambda: registry.matching(ACCOUNT, MODE, KIND)
    yield "list events", lambda: lists.events(ACCOUNT, MODE, None, limit=_PAGE, cursor=None)
    rare = EventType.REPORT_COMPLETED
    yield (
        "list events of a type that there is none of",
        lambda: lists.events(ACCOUNT, MODE, rare, limit=_PAGE, cursor=None),
    )
    yield "list deliveries", deliveries()
    yield "list deliveries of a subscription", deliveries(subscription_id=SUBSCRIBED)
    yield "list discarded deliveries", deliveries(state=DeliveryState.DISCARDED)
    yield "list retrying deliveries", deliveries(state=DeliveryState.RETRYING)
    yield "look for what is due", lambda: ledger.due(0, since=NOW - timedelta(days=1), until=NOW, limit=100)
    hour = NOW - timedelta(minutes=30)
    yield "sum up half an hour", lambda: Stats(ledger).of(ACCOUNT, MODE, SUBSCRIBED, since=hour)
    yield "dispatch an event", lambda: _dispatch(outside)


def _dispatch(outside: Outside) -> None:
    engine = build_engine(SETTINGS, AttemptLog(Lines(None)), outside, _Answering())
    message = EventsMessage(account_id=ACCOUNT, mode=MODE, events=(new_event(),))
    received = [ReceivedMessage(id="1", message=message)]
    failed = asyncio.run(engine.dispatch(received, deadline=time.monotonic() + 60))
    assert not failed


def _aws(client: CountedDynamoDB) -> dict[str, Any]:
    secrets = SimulatedSsm()
    ParameterSecrets(
        client=secrets,  # type: ignore[arg-type]
        master_name=SETTINGS.master_secret_parameter,
        rsa_name=SETTINGS.signing_key_parameter,
    ).ensure(lambda length: bytes(length))
    return {"dynamodb": client, "ssm": secrets, "sqs": None, "scheduler": None}


def main() -> list[Claim]:
    """Prints the table."""
    found = measure()
    rows = [[each.work, each.small, each.large, f"{each.ratio:.2f}"] for each in found]
    title = "The same work in a small account and in a large one: calls / items read / read units / write units"
    head = ["work", f"{SMALL_SUBSCRIPTIONS} subscriptions, {SMALL_EVENTS:,} events", "large", "ratio"]
    print_table(title, head, rows)
    return [Claim("growth of whatever grew most", max(each.ratio for each in found), BAR)]


if __name__ == "__main__":
    main()
