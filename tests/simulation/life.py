"""One simulated life: a world, its users, a time of faults and a time for everything to come to rest."""

import asyncio
import logging
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from parcelhook.dialects import build_dialects
from parcelhook.dialects.base import Dialects
from parcelhook.ids import moment_of
from parcelhook.model.account import Mode
from parcelhook.model.delivery import Delivery, DeliveryState
from parcelhook.resources import DISPATCH, LEDGER, MAPPINGS, SWEEP_INTERVAL_MINUTES, Mapping
from parcelhook.security.api_keys import KeyStyle
from parcelhook.settings import Settings
from parcelhook.storage.attributes import decode
from parcelhook.storage.sheets import on_sheet
from tests.simulation import faults
from tests.simulation.alterations import UNALTERED, Alterations
from tests.simulation.api_claims import attempts_that_were_not
from tests.simulation.faults import Faults
from tests.simulation.stories import Stories, Wish
from tests.simulation.users import User
from tests.simulation.watch import Watch
from tests.simulation.world import World, settings

# No mark is part of another, of an id, or of anything in the samples.
MARKS = ("zqaq0", "zqbq1", "zqcq2")
_LONGEST_SETTLING = 200
_NUMBERS_ASKED = 3


@dataclass(slots=True, kw_only=True)
class Life:
    """What came of a seed."""

    seed: int
    world: World
    stories: Stories
    dialects: Dialects
    watch: Watch
    dead_letters: int = 0
    redriven_at: list[float] = field(default_factory=list)
    deliveries: dict[str, Delivery] = field(default_factory=dict)
    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Rows of events, by the ids that users know."""
    claims: dict[str, Any] = field(default_factory=dict)
    """What the api says of each delivery at the end, by its id."""
    numbers: dict[str, Any] = field(default_factory=dict)
    """What it says of some subscriptions' deliveries together, by their ids."""

    def seconds_until(self, moment: datetime) -> float:
        """How long that is from the beginning."""
        return (moment - self.world.surroundings.start).total_seconds()

    def accepted(self, event_ulid: str) -> float:
        """When an event was accepted, from the beginning, by the clock of whoever did."""
        return self.seconds_until(moment_of(event_ulid))

    @property
    def settings(self) -> Settings:
        return self.world.settings


class _OwnFaults(logging.Handler):
    """Hears what our code logs as a fault of its own."""

    def __init__(self, life: Life) -> None:
        super().__init__(logging.ERROR)
        self._life = life

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if record.exc_info and record.exc_info[1]:
            text += f": {record.exc_info[1]!r}"
        self._life.world.history.own_faults.append(text)


def live(seed: int, alterations: Alterations = UNALTERED, only: Faults | None = None) -> Life:
    """The life that this seed stands for, or what it would be with other faults `only`. Always the same."""
    random = Random(seed)
    interval = random.choice((300, 900, 3600, 7200))
    own = settings(
        retry_interval_seconds=interval,
        retry_attempts=random.choice((1, 2, 3, 3, 4)),
        due_shards=random.choice((1, 2)),
        retry_jitter_seconds=random.choice((0, 0, 60)),
    )
    drawn = faults.draw(random)
    stories = Stories()
    world = World(
        random=random,
        settings=own,
        faults=only or drawn,
        marks=MARKS,
        alterations=alterations,
        mappings=_mappings(random),
    )
    dialects = build_dialects(resource_base_url="", attempts=own.retry_attempts, interval=timedelta(seconds=interval))
    watch = Watch(now=world.loop.time)
    life = Life(seed=seed, world=world, stories=stories, dialects=dialects, watch=watch)
    world.dynamodb._changed = watch.changed
    logger, handler = logging.getLogger("parcelhook"), _OwnFaults(life)
    propagates, level = logger.propagate, logger.level
    logger.addHandler(handler)
    logger.propagate = False
    logger.setLevel(logging.ERROR)
    try:
        world.run(_tale(life))
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagates
        logger.setLevel(level)
        world.api.apps.give_back()
    return life


def _mappings(random: Random) -> list[Mapping]:
    """The dispatch function's, each with the window that it has, or with none: a queue may be busy at that moment."""
    mappings = (mapping for mapping in MAPPINGS if mapping.function is DISPATCH)
    return [replace(mapping, batching_window=random.choice((0, mapping.batching_window))) for mapping in mappings]


async def _tale(life: Life) -> None:
    world, random = life.world, life.world.random
    administration = world.administration()
    until = random.choice((60.0, 600.0, 3600.0))
    users = []
    for mark in MARKS[: random.choice((1, 2, 3))]:
        account = administration.create_account(mark).id
        keys = {mode: administration.create_key(account, mode=mode, style=KeyStyle.SHIPENGINE)[1] for mode in Mode}
        users.append(
            User(
                world=world,
                stories=life.stories,
                dialects=life.dialects,
                account=account,
                mark=mark,
                keys=keys,
                marks=MARKS,
                check=lambda path, content: _check_answer(life, path, content),
            )
        )
    later = until + random.uniform(0, random.choice((2, 2, 5)) * world.settings.retry_interval_seconds)
    await asyncio.gather(*(user.live(until, later) for user in users))
    world.calm()
    await _settle(life)
    await _ask(life, users)
    await _ask_for_numbers(life, users)
    _read(life)


async def _settle(life: Life) -> None:
    """Passes time until nothing waits any more. An operator moves dead letters back, as the documentation says."""
    world = life.world
    step = max(60.0 * SWEEP_INTERVAL_MINUTES, world.settings.retry_interval_seconds / 4)
    for _ in range(_LONGEST_SETTLING):
        await asyncio.sleep(step)
        queues = world.sqs.queues.values()
        if any(queue.waiting() for queue in queues):
            continue
        moved = world.sqs.redrive()
        if moved:
            life.dead_letters += moved
            life.redriven_at.append(world.loop.seconds)
            continue
        if not any("due_pk" in item for item in world.dynamodb.tables[LEDGER.name].everything()):
            return


async def _ask(life: Life, users: list[User]) -> None:
    """What does the api say of each delivery?"""
    for user in users:
        for mode in Mode:
            path: str | None = "/v1/deliveries?limit=100"
            while path:
                page = await user.call("GET", path, mode, "shipengine", None)
                assert page.status == 200, page.text
                for each in page.json["deliveries"]:
                    told = await user.call("GET", f"/v1/deliveries/{each['id']}", mode, "shipengine", None)
                    if told.status == 200:
                        life.claims[each["id"]] = told.json
                    else:
                        life.stories.false_answers.append(
                            f"{each['id']} is listed, and then {told.status}: {told.text}"
                        )
                path = f"/v1/deliveries?limit=100&cursor={page.json['next']}" if page.json["next"] else None


async def _ask_for_numbers(life: Life, users: list[User]) -> None:
    for user in users:
        own = [story for story in life.stories.of_account(user.account) if story.wish is not Wish.GONE]
        for story in own[:_NUMBERS_ASKED]:
            path = f"/v1/subscriptions/{story.id}/stats?window=7d"
            answer = await user.call("GET", path, story.mode, "shipengine", None)
            if answer.status == 200:
                life.numbers[story.id] = answer.json


def _read(life: Life) -> None:
    items = [decode(item) for item in life.world.dynamodb.tables[LEDGER.name].everything()]
    sheets: dict[tuple[str, str], str] = {}
    for values in items:
        if values["sk"].startswith("EVENT#"):
            ulid = values["sk"].removeprefix("EVENT#")
            life.events[values.get("client_id") or f"evt_{ulid}"] = values
            names = zip(values.get("subscription_ids", ()), values.get("sheets", ()), strict=False)
            sheets |= {(ulid, subscription_id): name for subscription_id, name in names}
    for values in items:
        if not values["sk"].startswith("DELIVERY#"):
            continue
        is_sheet = "~" in values["sk"]
        for delivery in on_sheet(values):
            named = sheets.get((delivery.key.event_ulid, delivery.key.subscription_id))
            # One that has an item of its own is told by that, another by the sheet that its event names.
            if not is_sheet or (delivery.key.id not in life.deliveries and named and values["sk"].endswith(named)):
                life.deliveries[delivery.key.id] = delivery


def _check_answer(life: Life, path: str, content: Any) -> None:
    """What is said of a delivery while it lives must have happened by then."""
    if path.startswith("/v1/deliveries/") and "attempts" in content:
        wrong = attempts_that_were_not(content, life.world.history.posts[content["id"]], life.world.faults.skew)
        life.stories.false_answers += [f"{path}: {each}" for each in wrong]


def is_settled(delivery: Delivery) -> bool:
    """Whether nothing more will happen to it by itself."""
    return delivery.state in {DeliveryState.DELIVERED, DeliveryState.DISCARDED, DeliveryState.HELD}
