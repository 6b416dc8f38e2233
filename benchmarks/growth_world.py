"""An account with many subscriptions and many events, in the DynamoDB of the simulation, as compact as can be."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.counted import CountedDynamoDB
from benchmarks.stage import SETTINGS
from parcelhook.catalogue import sample
from parcelhook.dialects import build_dialects
from parcelhook.ids import Ids
from parcelhook.model.account import Mode
from parcelhook.model.delivery import Attempt, Delivery, DeliveryKey, DeliveryState
from parcelhook.model.event import Event, EventType, event_id
from parcelhook.model.subscription import Subscription
from parcelhook.resources import LEDGER, REGISTRY
from parcelhook.storage import keys
from parcelhook.storage.attributes import encode
from parcelhook.storage.ledger_items import EventRecord, from_delivery, from_event
from parcelhook.storage.registry import Registry
from parcelhook.storage.table import DynamoTable
from tests.simulation.cloud.dynamodb import SimulatedDynamoDB

ACCOUNT, MODE, KIND = "acct_01KDZ000000000000000000000", Mode.LIVE, EventType.TRACKING_UPDATED
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SUBSCRIBED = "se-subscribed"
# A million of them fit into the 30 days that are kept. One in ten was discarded.
_APART, _DISCARDED = timedelta(seconds=2), 10


class _Item(Mapping[str, Mapping[str, Any]]):
    """What all of its kind have in common, with keys of its own: a tenth of a dict's memory."""

    __slots__ = ("_common", "_sk", "_ulid")

    def __init__(self, common: Mapping[str, Any], sk: str, ulid: str) -> None:
        self._common, self._sk, self._ulid = common, sk, ulid

    def __getitem__(self, name: str) -> Mapping[str, Any]:
        if name == "sk":
            return {"S": self._sk}
        if name == "state_sk" and name in self._common:
            return {"S": f"{self._ulid}#{SUBSCRIBED}"}
        attribute: Mapping[str, Any] = self._common[name]
        return attribute

    def __iter__(self) -> Iterator[str]:
        return iter(self._common)

    def __len__(self) -> int:
        return len(self._common)


def build_world(subscriptions: int, events: int) -> CountedDynamoDB:
    """One subscription to tracking updates, `subscriptions` to something else, and `events` with a delivery each."""
    cloud = SimulatedDynamoDB([REGISTRY, LEDGER])
    client: Any = cloud
    registry = Registry(DynamoTable(client, REGISTRY.name))
    dialects = build_dialects(resource_base_url="", attempts=3, interval=timedelta(hours=2))
    slot = dialects.named("shippo").slot
    registry.add_subscription(_subscription(SUBSCRIBED, MODE, KIND), slot)
    for number in range(subscriptions):
        mode = MODE if number % 2 else Mode.TEST
        registry.add_subscription(_subscription(f"se-{number}", mode, EventType.TRANSACTION_CREATED), slot)
    ids = Ids()
    ulids = [ids.ulid(NOW - _APART * number) for number in range(events, 0, -1)]
    ledger = cloud.tables[LEDGER.name]
    delivered, discarded = (_delivery(state) for state in (DeliveryState.DELIVERED, DeliveryState.DISCARDED))
    for number, ulid in enumerate(ulids):
        key = keys.delivery(_delivery_key(ulid))
        common = delivered if number % _DISCARDED else discarded
        ledger.store((key.pk, key.sk), _Item(common, key.sk, ulid))
    event = _event()
    prefix = keys.events(ACCOUNT, MODE)
    for ulid in ulids:
        ledger.store((prefix.pk, prefix.sk + ulid), _Item(event, prefix.sk + ulid, ulid))
    return CountedDynamoDB(cloud)


def new_event() -> Event:
    """A tracking update that is accepted now."""
    return Event(
        ulid=Ids().ulid(NOW),
        account_id=ACCOUNT,
        mode=MODE,
        type=KIND,
        data=sample(KIND),
        accepted_at=NOW,
        occurred_at=NOW,
    )


def _subscription(subscription_id: str, mode: Mode, kind: EventType) -> Subscription:
    return Subscription(
        id=subscription_id,
        account_id=ACCOUNT,
        mode=mode,
        dialect="shippo",
        event_name="track_updated" if kind is KIND else "transaction_created",
        event_types=(kind,),
        url=f"https://example.com/{subscription_id}",
        created_at=NOW - timedelta(days=30),
        updated_at=NOW - timedelta(days=30),
    )


def _delivery_key(ulid: str) -> DeliveryKey:
    return DeliveryKey(account_id=ACCOUNT, mode=MODE, event_ulid=ulid, subscription_id=SUBSCRIBED)


def _delivery(state: DeliveryState) -> Mapping[str, Any]:
    ulid = Ids().ulid(NOW)
    status = 200 if state is DeliveryState.DELIVERED else 503
    delivery = Delivery(
        key=_delivery_key(ulid),
        event_id=event_id(ulid),
        event_type=KIND,
        dialect="shippo",
        url=f"https://example.com/{SUBSCRIBED}",
        state=state,
        created_at=NOW,
        updated_at=NOW,
        attempts=(Attempt(number=1, at=NOW, duration_ms=120, status_code=status),),
    )
    key = keys.delivery(delivery.key)
    return encode({"pk": key.pk, "sk": "", **from_delivery(delivery, days=SETTINGS.ledger_days, shards=1)})


def _event() -> Mapping[str, Any]:
    record = EventRecord(event=new_event(), subscription_ids=(SUBSCRIBED,))
    key = keys.event(record.event.key)
    return encode({"pk": key.pk, "sk": "", **from_event(record, days=SETTINGS.ledger_days)})
