"""Users: they subscribe, publish, change their minds, look, and call again where they got no answer."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any
from urllib.parse import quote

from parcelhook.dialects.base import Dialects
from parcelhook.model.account import Mode
from parcelhook.model.event import EventType
from tests.api_calls import Answered
from tests.simulation import endpoints
from tests.simulation.later_calls import LaterCalls
from tests.simulation.publishing import Producer, Publishing
from tests.simulation.stories import ExclusiveTurn, Stories, SubscriptionStory, Turn, Wish
from tests.simulation.world import World

_COLLECTIONS = {
    "shipengine": "/v1/environment/webhooks",
    "shippo": "/webhooks",
    "ehub": "/api/v2/subscriptions",
    "parcelhook": "/v1/subscriptions",
}
_ID_MEMBERS = {"shipengine": "webhook_id", "shippo": "object_id", "ehub": "id", "parcelhook": "id"}
_EVENT_MEMBERS = {"shipengine": "event", "shippo": "event", "ehub": "subscription_type", "parcelhook": "event"}
_NAMES = {
    "shipengine": ("track", "batch"),
    "shippo": ("track_updated", "all", "batch_purchased"),
    "ehub": ("shipment_tracking", "payment_status"),
    "parcelhook": ("all", "delivery.discarded"),
}
_TRACKING_NAMES = {"shippo": "track_updated", "ehub": "shipment_tracking", "parcelhook": "all"}
_SUCCESS = range(200, 300)

Check = Callable[[str, Any], None]
"""Is told of each answer: path and content."""


@dataclass(slots=True, kw_only=True)
class User:
    """One account's people and programs."""

    world: World
    stories: Stories
    dialects: Dialects
    account: str
    mark: str
    keys: dict[Mode, str]
    check: Check
    marks: tuple[str, ...]
    numbers: "count[int]" = field(default_factory=count)
    """For names that nothing else of theirs has."""

    async def live(self, until: float, later: float) -> None:
        """Does what users do, until so many seconds have passed; asks about what is published until `later`."""
        tasks = [self._subscribe(until), self._rival(until), Publishing(self).live(until), self._look(until)]
        tasks += [self._try_out(until), LaterCalls(self).live(later), Producer(self).live(until)]
        await asyncio.gather(*tasks)

    async def _subscribe(self, until: float) -> None:
        random = self.world.random
        for dialect in random.sample(sorted(_NAMES), random.randint(1, 4)):
            await self._create(dialect)
        while self.now() < until:
            await asyncio.sleep(random.expovariate(5 / until))
            mine = [story for story in self.stories.of_account(self.account) if story.wish is not Wish.GONE]
            if not mine or random.random() < 0.25:
                await self._create(random.choice(sorted(_NAMES)))
            else:
                await self._change(random.choice(mine))

    async def _rival(self, until: float) -> None:
        """Somebody else of the same account, who now and then wants the same at the same time."""
        random = self.world.random
        while self.now() < until:
            await asyncio.sleep(random.expovariate(2 / until))
            await asyncio.gather(*(self._create("shipengine", Mode.LIVE, "track") for _ in range(2)))

    async def _try_out(self, until: float) -> None:
        """Now and then somebody subscribes to what is published at this moment, and looks whether it comes."""
        random = self.world.random
        if random.random() < 0.88:
            return
        await asyncio.sleep(random.uniform(0, until))
        await asyncio.gather(Publishing(self).many(EventType.TRACKING_UPDATED), self._create_two())

    async def _create_two(self) -> None:
        """One after the other, as a rule to endpoints that are not well yet."""
        random = self.world.random
        for dialect in random.sample(sorted(_TRACKING_NAMES), 2):
            await self._create(dialect, Mode.LIVE, _TRACKING_NAMES[dialect], endpoints.draw_bad)
            await asyncio.sleep(random.uniform(1, 3))

    async def _change(self, story: SubscriptionStory) -> None:
        random = self.world.random
        path = f"{_COLLECTIONS[story.dialect]}/{story.id}"
        choice = random.random()
        if choice < 0.3:
            await self._turn(story, "PATCH", f"/v1/subscriptions/{story.id}", {"enabled": False}, Wish.OFF)
        elif choice < 0.6:
            await self._turn(story, "PATCH", f"/v1/subscriptions/{story.id}", {"enabled": True}, Wish.ON)
            if story.dialect == "ehub" and story.wish is Wish.ON:
                await self._turn(story, "PUT", path, {"status": "active"}, Wish.ON)
        elif choice < 0.8:
            await self._move(story, path)
        else:
            await self._delete(story, path)

    async def _move(self, story: SubscriptionStory, path: str) -> None:
        """To another endpoint, which may be better."""
        url = self._new_url()
        story.urls.add(url)
        wish = story.wish
        method = "PATCH" if story.dialect == "parcelhook" else "PUT"
        await self._turn(story, method, path, {"url": url}, wish)

    async def _delete(self, story: SubscriptionStory, path: str) -> None:
        began = self.now()
        answer = await self._turn(story, "DELETE", path, None, Wish.GONE)
        if self.dialects.named(story.dialect).slot.exclusive:
            certain = answer.status in _SUCCESS
            self._note_exclusive(story, made=False, began=began, certain=certain)

    async def _turn(
        self, story: SubscriptionStory, method: str, path: str, body: dict[str, Any] | None, wish: Wish
    ) -> Answered:
        """A call that changes a subscription. From its beginning nobody can say how it stands, until it ends."""
        began = self.now()
        answer = await self.call(method, path, story.mode, story.dialect, body)
        if answer.status == 404:
            wish = Wish.GONE
        elif answer.status not in _SUCCESS:
            wish = Wish.UNKNOWN
        story.turns.append(Turn(began, self.now(), wish))
        return answer

    async def _create(
        self,
        dialect: str,
        mode: Mode | None = None,
        event_name: str | None = None,
        draw: Callable[[Random], endpoints.Behaviour] = endpoints.draw,
    ) -> None:
        random = self.world.random
        mode = mode or (Mode.TEST if dialect != "shipengine" and random.random() < 0.2 else Mode.LIVE)
        event_name = event_name or random.choice(_NAMES[dialect])
        url, began = self._new_url(draw), self.now()
        body: dict[str, Any] = {_EVENT_MEMBERS[dialect]: event_name, "url": url}
        if dialect == "parcelhook":
            body |= {"dialect": dialect}
        if dialect == "ehub":
            body |= {"status": "active", "payload_format": "json", "auth_type": "hmac"}
        answer = await self.call("POST", _COLLECTIONS[dialect], mode, dialect, body)
        if answer.status not in _SUCCESS:
            return
        story = SubscriptionStory(
            id=str(answer.json[_ID_MEMBERS[dialect]]),
            account=self.account,
            mode=mode,
            dialect=dialect,
            event_name=event_name,
            event_types=self.dialects.named(dialect).event_names[event_name],
            urls={url},
        )
        story.turns.append(Turn(began, self.now(), Wish.ON))
        self.stories.subscriptions[story.id] = story
        if self.dialects.named(dialect).slot.exclusive:
            self._note_exclusive(story, made=True, began=began, certain=True)

    def _note_exclusive(self, story: SubscriptionStory, *, made: bool, began: float, certain: bool) -> None:
        place = (self.account, story.mode, story.dialect, story.event_name)
        turn = ExclusiveTurn(place=place, id=story.id, made=made, began=began, ended=self.now(), certain=certain)
        self.stories.exclusive.append(turn)

    async def _look(self, until: float) -> None:
        """At what became of it, and at what is none of theirs."""
        random = self.world.random
        while self.now() < until:
            await asyncio.sleep(random.expovariate(6 / until))
            paths = [
                "/v1/deliveries?limit=3",
                "/v1/subscriptions",
                "/v1/events?limit=3",
                "/v1/deliveries?state=retrying",
            ]
            paths += [f"/v1/events/{quote(each.id)}" for each in self.stories.events[-3:]]
            paths += [f"/v1/subscriptions/{each}" for each in list(self.stories.subscriptions)[-3:]]
            paths += [f"/v1/deliveries/{each}" for each in list(self.world.history.posts)[-3:]]
            await self.call("GET", random.choice(paths), Mode.LIVE, "shipengine", None)

    async def call(self, method: str, path: str, mode: Mode, dialect: str, body: object) -> Answered:
        key = self.keys[mode]
        header = {"shipengine": ("api-key", key), "shippo": ("authorization", f"ShippoToken {key}")}
        name, value = header.get(dialect, ("authorization", f"Bearer {key}"))
        if path.startswith("/v1/") and dialect != "shipengine":
            name, value = "api-key", key
        text = None if body is None else json.dumps(body)
        began = self.now()
        answer = await self.world.api.call(method, path, {name: value}, text)
        who, what = f"{self.mark}", f"{method} {path} {text or ''} -> {answer.status}"
        self.world.history.note("call", who, what)
        for mark in self.marks:
            if mark != self.mark and (mark in answer.text or mark in str(answer.headers)) and mark not in path:
                self.stories.foreign.append(f"{who} sees {mark}: {what}: {answer.text}")
        for wish in self.stories.erasures:
            if wish.certain and wish.event.mark in answer.text and began > wish.ended:
                self.stories.shown.append((wish, began))
        if answer.status == 200 and method == "GET":
            self.check(path, answer.json)
        return answer

    def _new_url(self, draw: Callable[[Random], endpoints.Behaviour] = endpoints.draw) -> str:
        url = f"https://{self.mark}.example.com/{next(self.numbers)}"
        self.world.endpoints.behaviours[url] = draw(self.world.random)
        return url

    def now(self) -> float:
        """In seconds from the beginning."""
        return self.world.loop.seconds
