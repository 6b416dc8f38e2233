"""What users ask for about what is published: once more, all again, forgotten, signed anew."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from parcelhook.clock import to_text
from parcelhook.model.delivery import DeliveryState
from tests.api_calls import Answered
from tests.simulation.stories import (
    Asked,
    ErasureWish,
    EventStory,
    ManualWish,
    RecoveryWish,
    Rotation,
    SubscriptionStory,
    Wish,
)
from tests.simulation.world import START

if TYPE_CHECKING:
    from tests.simulation.users import User

_STATES = (
    (DeliveryState.DISCARDED,),
    (DeliveryState.DISCARDED, DeliveryState.HELD),
    (DeliveryState.DELIVERED,),
    (DeliveryState.DISCARDED, DeliveryState.HELD, DeliveryState.DELIVERED),
)
_WHATEVER_IT_WAS = (DeliveryState.HELD, DeliveryState.DELIVERED, DeliveryState.DISCARDED)


@dataclass(frozen=True, slots=True)
class LaterCalls:
    """One user's."""

    user: "User"

    async def live(self, until: float) -> None:
        """Asks now and then, until so many seconds have passed."""
        random, loop = self.user.world.random, self.user.world.loop
        kinds: list[Callable[[], Any]] = [self._retry, self._retry, self._recover, self._rewind, self._erase]
        kinds.append(self._rotate)
        while True:
            await asyncio.sleep(random.expovariate(6 / until))
            if loop.seconds >= until:
                return
            await random.choice(kinds)()

    async def _retry(self) -> None:
        stories = self.user.stories.subscriptions
        known = [
            delivery_id
            for delivery_id in self.user.world.history.posts
            if (story := stories.get(delivery_id.rpartition("_")[2])) and story.account == self.user.account
        ]
        if not known:
            return
        # Of the latest, since one may be asked for several times.
        delivery_id = self.user.world.random.choice(known[-8:])
        story = stories[delivery_id.rpartition("_")[2]]
        asked = await self._asked("POST", f"/v1/deliveries/{delivery_id}/retry", story, None)
        if asked:
            began, ended, certain = asked[0].began, asked[0].ended, asked[0].certain
            wish = ManualWish(delivery_id=delivery_id, began=began, ended=ended, certain=certain)
            self.user.stories.manual.append(wish)

    async def _recover(self) -> None:
        random, story = self.user.world.random, self._one_that_is_on()
        if story is None:
            return
        states, since = random.choice(_STATES), random.choice((0.0, random.uniform(0, self.user.world.loop.seconds)))
        body = {"since": _moment(since), "states": states}
        asked = await self._asked("POST", f"/v1/subscriptions/{story.id}/recover", story, body)
        if asked is None:
            return
        wish = RecoveryWish(subscription_id=story.id, states=states, since=since, asked=asked[0])
        self.user.stories.recoveries.append(wish)
        if not asked[0].certain:
            return
        wish.ulid = asked[1].json["id"].removeprefix("rec_")
        if random.random() < 0.3:
            await asyncio.sleep(random.uniform(0, 10))
            path = f"/v1/recoveries/rec_{wish.ulid}/cancel"
            cancelled = await self._asked("POST", path, story, None)
            wish.cancelled = cancelled[0] if cancelled else None

    async def _rewind(self) -> None:
        story = self._one_that_is_on("ehub")
        if story is None:
            return
        since = self.user.world.random.uniform(0, self.user.world.loop.seconds)
        body = {"rewind_to_date": _moment(since)}
        asked = await self._asked("PUT", f"/api/v2/subscriptions/{story.id}", story, body)
        if asked:
            wish = RecoveryWish(subscription_id=story.id, states=_WHATEVER_IT_WAS, since=since, asked=asked[0])
            self.user.stories.recoveries.append(wish)

    async def _erase(self) -> None:
        own = [event for event in self.user.stories.events if event.account == self.user.account]
        if own:
            await self.erase(self.user.world.random.choice(own[-6:]))

    async def erase(self, event: EventStory) -> None:
        """Has the data of an event erased."""
        asked = await self._asked("DELETE", f"/v1/events/{quote(event.id)}/data", event, None)
        if asked:
            began, ended, certain = asked[0].began, asked[0].ended, asked[0].certain
            self.user.stories.erasures.append(ErasureWish(event=event, began=began, ended=ended, certain=certain))

    async def _rotate(self) -> None:
        story = self._one_that_is_on()
        if story is None:
            return
        shown = await self.user.call("GET", f"/v1/subscriptions/{story.id}/secret", story.mode, "shipengine", None)
        asked = await self._asked("POST", f"/v1/subscriptions/{story.id}/rotate-secret", story, None)
        if asked is None:
            return
        known = asked[0].certain and shown.status == 200
        # Others of the same account may rotate too; then nobody can say which was the one before.
        rotation = Rotation(
            subscription_id=story.id,
            before=shown.json["secret"] if known else "",
            after=asked[1].json["secret"] if known else "",
            began=asked[0].began,
            ended=asked[0].ended,
            certain=known,
        )
        self.user.stories.rotations.append(rotation)

    async def _asked(self, method: str, path: str, about: Any, body: object) -> tuple[Asked, Answered] | None:
        """The call and its answer; None where it was refused, so that nothing can come of it."""
        began = self.user.world.loop.seconds
        dialect = "ehub" if path.startswith("/api/") else "shipengine"
        answer = await self.user.call(method, path, about.mode, dialect, body)
        if 400 <= answer.status < 500:
            return None
        ended, certain = self.user.world.loop.seconds, answer.status in range(200, 300)
        return Asked(began=began, ended=ended, certain=certain), answer

    def _one_that_is_on(self, dialect: str | None = None) -> SubscriptionStory | None:
        found = [
            story
            for story in self.user.stories.of_account(self.user.account)
            if story.wish is Wish.ON and dialect in {None, story.dialect}
        ]
        return self.user.world.random.choice(found) if found else None


def _moment(seconds: float) -> str:
    return to_text(START + timedelta(seconds=seconds))
