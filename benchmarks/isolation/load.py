"""Constant load on a thousand endpoints, of which some begin to hang; and what came of it."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from benchmarks.isolation.deployment import DISPATCH_MAPPINGS, START, Deployment, published_at, settings
from benchmarks.isolation.model import HEALTHY
from benchmarks.isolation.plain import unchanged
from parcelhook import resources
from parcelhook.catalogue import sample
from parcelhook.delivery.engine import Engine
from parcelhook.dialects.base import Dialects
from parcelhook.ids import Ids
from parcelhook.messages import EventsMessage, encode
from parcelhook.model.account import Mode
from parcelhook.model.event import Event, EventType
from parcelhook.model.subscription import Subscription
from parcelhook.services import shared
from parcelhook.services.outside import Outside

_DATA = sample(EventType.TRACKING_UPDATED)
_NEVER = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What happens. Times in seconds."""

    hanging: float = 0.0
    """Share of the endpoints that hang."""
    hang_from: float = 60.0
    hang_until: float = _NEVER
    until: float = 600.0
    rate: float = 100.0
    """Events a second."""
    endpoints: int = 1_000
    retry_interval: int = 7200
    altered: Callable[[Engine], Engine] = unchanged
    mappings: Sequence[resources.Mapping] = DISPATCH_MAPPINGS
    members: dict[str, object] = field(default_factory=dict)
    seed: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What was seen from one moment to another."""

    p50: float
    """Seconds from publication to the answer, of deliveries to healthy endpoints."""
    p99: float
    begun_p99: float
    """Seconds from publication until the POST left."""
    undelivered: int
    """Events to healthy endpoints without an answer at the end; they count as having waited until then."""
    billed: float
    """Worker seconds, for each second."""
    hanging_posts: int
    batch: float
    """Messages in an invocation of the fast lane."""


@dataclass(slots=True)
class Run:
    """A scenario, lived through."""

    scenario: Scenario
    deployment: Deployment
    hanging: frozenset[str]
    published: list[tuple[float, str]]

    def summary(self, since: float, until: float) -> Summary:
        """Of events published, workers started and POSTs begun in this time."""
        posts = [each for each in self.deployment.posts if each.url not in self.hanging]
        own = {(each.url, each.published): each for each in posts if since <= each.published < until and each.ended}
        wanted = {(url, at) for at, url in self.published if since <= at < until and url not in self.hanging}
        end = self.deployment.loop.seconds
        waiting = [end - at for _, at in wanted - own.keys()]
        answered = sorted([each.ended - each.published for each in own.values()] + waiting)
        begun = sorted([each.began - each.published for each in own.values()] + waiting)
        billed = [each for each in self.deployment.billed if since <= each.began < until]
        fast = [each.messages for each in billed if each.queue == resources.EVENTS.name]
        return Summary(
            p50=percentile(answered, 0.50),
            p99=percentile(answered, 0.99),
            begun_p99=percentile(begun, 0.99),
            undelivered=len(waiting),
            billed=sum(each.seconds for each in billed) / (until - since),
            hanging_posts=sum(
                1 for each in self.deployment.posts if each.url in self.hanging and since <= each.began < until
            ),
            batch=sum(fast) / max(1, len(fast)),
        )


def percentile(ordered: Sequence[float], share: float) -> float:
    """Of values in order; 0 where there are none."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def live(scenario: Scenario) -> Run:
    """Runs a scenario. The same every time."""
    random = Random(scenario.seed)  # noqa: S311 - simulated chance
    ids = Ids(random.randbytes)
    urls = [f"https://shop{number}.example/hook" for number in range(scenario.endpoints)]
    medians = {url: HEALTHY.own_median(random) for url in urls}
    hanging = frozenset(random.sample(urls, int(scenario.endpoints * scenario.hanging)))

    def react(url: str, at: float) -> float:
        if url in hanging and scenario.hang_from <= at < scenario.hang_until:
            return _NEVER
        return HEALTHY.answer(medians[url], random)

    own = settings(retry_interval_seconds=scenario.retry_interval, **scenario.members)
    deployment = Deployment(
        random=random, settings=own, react=react, altered=scenario.altered, mappings=scenario.mappings
    )
    accounts = _subscribed(deployment, ids, urls)
    run = Run(scenario, deployment, hanging, [])
    deployment.run(_tale(run, ids, accounts))
    return run


def _subscribed(deployment: Deployment, ids: Ids, urls: Sequence[str]) -> list[tuple[str, str]]:
    """An account for each endpoint."""
    outside = Outside(client=lambda name: deployment.aws[name], clock=deployment.clock, ids=ids)
    registry = shared.build_registry(deployment.settings, outside.client("dynamodb"), outside)
    dialects: Dialects = shared.build_known_dialects(deployment.settings)
    accounts = []
    for url in urls:
        account_id = f"acct_{ids.ulid(START)}"
        subscription = Subscription(
            id=f"se-{ids.lower_text(14)}",
            account_id=account_id,
            mode=Mode.LIVE,
            dialect="shipengine",
            event_name="track",
            event_types=(EventType.TRACKING_UPDATED,),
            url=url,
            created_at=START,
            updated_at=START,
        )
        registry.add_subscription(subscription, dialects.named("shipengine").slot)
        accounts.append((account_id, url))
    return accounts


async def _tale(run: Run, ids: Ids, accounts: Sequence[tuple[str, str]]) -> None:
    deployment, scenario, random = run.deployment, run.scenario, run.deployment.random
    while deployment.loop.seconds < scenario.until:
        await asyncio.sleep(random.expovariate(scenario.rate))
        account_id, url = random.choice(accounts)
        now = deployment.clock.now()
        event = Event(
            ulid=ids.ulid(now),
            account_id=account_id,
            mode=Mode.LIVE,
            type=EventType.TRACKING_UPDATED,
            accepted_at=now,
            occurred_at=now,
            data=_DATA,
        )
        deployment.publish(encode(EventsMessage(account_id=account_id, mode=Mode.LIVE, events=(event,))), account_id)
        run.published.append((published_at(event.ulid), url))
    # What is under way comes to its end.
    await asyncio.sleep(30)
