"""Renders a delivery as it would be sent: the real attempt, with a sender that only looks."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from parcelhook.clock import from_text
from parcelhook.delivery.attempts import Attempter, Work
from parcelhook.delivery.sender import Post
from parcelhook.dialects import build_dialects
from parcelhook.dialects.base import Dialect, Dialects
from parcelhook.model.account import Mode
from parcelhook.model.event import EventType
from parcelhook.model.response import EndpointResponse
from parcelhook.model.subscription import Subscription
from tests import builders
from tests.fakes import FixedClock
from tests.unit.delivery.fakes import FakeSecrets

ALL_DIALECTS = build_dialects(resource_base_url="https://api.shipengine.com", attempts=3, interval=timedelta(hours=2))


@dataclass(slots=True)
class Onlooker:
    """Takes each POST and says that all is well."""

    posts: list[Post] = field(default_factory=list)

    async def send(self, post: Post) -> EndpointResponse:
        self.posts.append(post)
        return EndpointResponse(status_code=200, body=b"")


def rendered(dialect: Dialect, subscription: Subscription, told: dict[str, Any], now: datetime) -> Post:
    """The POST of an event that `told` describes as vectors do."""
    event = builders.event(
        ulid=told["ulid"],
        mode=Mode(told["mode"]),
        type=EventType(told["type"]),
        data=told["data"],
        accepted_at=now,
        occurred_at=from_text(told["occurred_at"]),
    )
    key = builders.delivery_key(event_ulid=event.ulid, subscription_id=subscription.id, mode=event.mode)
    work = Work(
        delivery=builders.delivery(key=key, dialect=dialect.name, url=subscription.url),
        event=event,
        subscription=subscription,
        message_id="1",
    )
    onlooker = Onlooker()
    attempter = Attempter(dialects=Dialects((dialect,)), sender=onlooker, secrets=FakeSecrets(), clock=FixedClock(now))
    asyncio.run(attempter.attempt(work))
    return onlooker.posts[0]
