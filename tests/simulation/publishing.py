"""What users publish: by calls, now and then much at once, and by programs inside AWS."""

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from parcelhook.catalogue import sample
from parcelhook.model.account import Mode
from parcelhook.model.event import EventType
from parcelhook.resources import INGESTION
from tests.simulation.cloud.sqs import queue_url
from tests.simulation.later_calls import LaterCalls
from tests.simulation.stories import EventStory, Production

if TYPE_CHECKING:
    from tests.simulation.users import User

_PUBLISHED = (EventType.TRACKING_UPDATED, EventType.BATCH_COMPLETED, EventType.PAYMENT_UPDATED)
_MARKED_MEMBERS = {
    EventType.TRACKING_UPDATED: "tracking_number",
    EventType.BATCH_COMPLETED: "batch_id",
    EventType.PAYMENT_UPDATED: "gateway_txn_reference",
}


@dataclass(frozen=True, slots=True)
class Publishing:
    """One user's."""

    user: "User"

    async def live(self, until: float) -> None:
        """Publishes now and then, until so many seconds have passed."""
        random = self.user.world.random
        while True:
            await asyncio.sleep(random.expovariate(10 / until))
            if self.user.now() >= until:
                return
            await self._one(Mode.TEST if random.random() < 0.15 else Mode.LIVE)

    async def many(self, event_type: EventType) -> None:
        """So many at once that several workers have something to do."""
        for _ in range(4):
            await asyncio.gather(*(self._one(Mode.LIVE, event_type) for _ in range(2)))
            await asyncio.sleep(self.user.world.random.uniform(0.5, 1.5))

    async def _one(self, mode: Mode, event_type: EventType | None = None) -> None:
        random = self.user.world.random
        drafts = [self._draft(event_type) for _ in range(1 if event_type else random.choice((1, 1, 2, 4)))]
        own_id = f"{self.user.mark}-{next(self.user.numbers)}" if random.random() < 0.4 else None
        if own_id:
            drafts[0]["id"] = own_id
        body: object = drafts if len(drafts) > 1 else drafts[0]
        called = self.user.now()
        # Whoever gives ids may call again without fear.
        for number in range(4 if own_id else 1):
            answer = await self.user.call("POST", "/v1/events", mode, "shipengine", body)
            if answer.status == 202:
                told = answer.json["events"] if len(drafts) > 1 else [answer.json]
                for draft, each in zip(drafts, told, strict=True):
                    self._note_event(each["id"], mode, draft, called, is_alone=number == 0 or "id" in draft)
                if random.random() < 0.06:
                    # It should not have been published: a worker may have it in hand at this moment.
                    latest = self.user.stories.events[-1]
                    await asyncio.sleep(random.uniform(0, 12))
                    await LaterCalls(self.user).erase(latest)
                return
            await asyncio.sleep(random.uniform(1, 90))

    def produce(self, *, is_good: bool) -> None:
        """Has a program inside AWS publish, or send what cannot be published."""
        random, mode, called = self.user.world.random, Mode.LIVE, self.user.now()
        drafts = [self._draft() for _ in range(random.choice((1, 1, 3)))]
        own_ids = random.random() < 0.7
        for draft in drafts if own_ids else ():
            draft["id"] = f"{self.user.mark}-{next(self.user.numbers)}"
        marks = tuple(draft["data"][_MARKED_MEMBERS[EventType(draft["type"])]] for draft in drafts)
        events: object = drafts if len(drafts) > 1 else drafts[0]
        body = json.dumps({"account_id": self.user.account, "mode": mode, "events": events})
        if not is_good:
            body, marks = _refused_body(random, self.user.account, drafts[0]), marks[:1]
        self.user.world.history.note("produce", self.user.mark, body)
        url = queue_url(INGESTION)
        for _ in range(random.choice((1, 1, 1, 2)) if own_ids or not is_good else 1):
            self.user.world.sqs.send_message(QueueUrl=url, MessageBody=body)
        self.user.stories.productions.append(Production(body=body, is_good=is_good, marks=marks))
        for draft in drafts if is_good and own_ids else ():
            self._note_event(draft["id"], mode, draft, called, is_alone=True)

    def _draft(self, event_type: EventType | None = None) -> dict[str, Any]:
        event_type = event_type or self.user.world.random.choice(_PUBLISHED)
        data = {**sample(event_type), _MARKED_MEMBERS[event_type]: f"{self.user.mark}{next(self.user.numbers):04}"}
        return {"type": event_type, "data": data}

    def _note_event(self, event_id: str, mode: Mode, draft: dict[str, Any], called: float, *, is_alone: bool) -> None:
        event_type = EventType(draft["type"])
        self.user.stories.events.append(
            EventStory(
                id=event_id,
                account=self.user.account,
                mode=mode,
                type=event_type,
                mark=draft["data"][_MARKED_MEMBERS[event_type]],
                called=called,
                accepted=self.user.now(),
                is_alone=is_alone,
            )
        )


@dataclass(frozen=True, slots=True)
class Producer:
    """A program inside AWS that publishes for a user's account. AWS takes what it sends; nobody answers."""

    user: "User"

    async def live(self, until: float) -> None:
        """Sends now and then, until so many seconds have passed."""
        random, loop = self.user.world.random, self.user.world.loop
        while True:
            await asyncio.sleep(random.expovariate(3 / until))
            if loop.seconds >= until:
                return
            Publishing(self.user).produce(is_good=random.random() < 0.75)


def _refused_body(random: Any, account: str, draft: dict[str, Any]) -> str:
    """A message that nobody can accept."""
    bad = random.choice(("json", "account", "member", "type"))
    if bad == "json":
        return f'{{"account_id": "{account}", "mode": "live", "events": {json.dumps(draft)}'
    if bad == "account":
        return json.dumps({"account_id": "acct_unknown", "mode": "live", "events": draft})
    if bad == "member":
        return json.dumps({"account_id": account, "mode": "live", "events": draft, "more": 1})
    return json.dumps({"account_id": account, "mode": "live", "events": [draft, draft | {"type": "unknown"}]})
