"""How the keys of both tables are written. No other module puts key text together.

Registry
    ACCOUNT#<id>  ACCOUNT                                an account
    ACCOUNT#<id>  KEY#<key id>                           an API key, as its account lists it
    KEY#<sha256>  KEY                                    an API key, as a caller proves it
    ACCOUNT#<id>  SUB#<mode>#<event type>#<slot>         a subscription, once for each event type it covers

Ledger
    ACCOUNT#<id>#<mode>  EVENT#<ulid>                    an event
    ACCOUNT#<id>#<mode>  DELIVERY#<subscription>#<ulid>  a delivery
    ACCOUNT#<id>#<mode>  PUBLISHED#<client's id>         what a client's own event id stands for
    ACCOUNT#<id>#<mode>  TRACKING#<carrier>#<number>     a registered tracking number, and its latest update

Ledger, index by-state: deliveries that wait or failed
    ACCOUNT#<id>#<mode>#<state>  <ulid>#<subscription>

Ledger, index by-due: deliveries that wait
    DUE#<shard>  <bucket>
"""

import zlib
from dataclasses import dataclass

from parcelhook.model.account import Mode
from parcelhook.model.delivery import DeliveryKey, DeliveryState
from parcelhook.model.event import EventKey


@dataclass(frozen=True, slots=True)
class Key:
    """Partition and sort key of an item."""

    pk: str
    sk: str


def account(account_id: str) -> Key:
    return Key(f"ACCOUNT#{account_id}", "ACCOUNT")


def account_key(account_id: str, key_id: str) -> Key:
    return Key(f"ACCOUNT#{account_id}", f"KEY#{key_id}")


def key_proof(digest: str) -> Key:
    return Key(f"KEY#{digest}", "KEY")


def subscription(account_id: str, mode: Mode, place: str, slot: str) -> Key:
    return Key(f"ACCOUNT#{account_id}", f"SUB#{mode}#{place}#{slot}")


def subscriptions(account_id: str, mode: Mode, place: str = "", slot: str = "") -> Key:
    """Where the sort keys begin of an account's subscriptions, of those to an event type, or to a slot of it."""
    return Key(f"ACCOUNT#{account_id}", f"SUB#{mode}#" + (f"{place}#{slot}" if place else ""))


def ledger_partition(account_id: str, mode: Mode) -> str:
    return f"ACCOUNT#{account_id}#{mode}"


def event(key: EventKey) -> Key:
    return Key(ledger_partition(key.account_id, key.mode), f"EVENT#{key.ulid}")


def events(account_id: str, mode: Mode) -> Key:
    return Key(ledger_partition(account_id, mode), "EVENT#")


def published(account_id: str, mode: Mode, client_id: str) -> Key:
    return Key(ledger_partition(account_id, mode), f"PUBLISHED#{client_id}")


def tracking(account_id: str, mode: Mode, carrier: str, number: str) -> Key:
    return Key(ledger_partition(account_id, mode), f"TRACKING#{carrier}#{number}")


def delivery(key: DeliveryKey) -> Key:
    return Key(ledger_partition(key.account_id, key.mode), f"DELIVERY#{key.subscription_id}#{key.event_ulid}")


def deliveries(account_id: str, mode: Mode, subscription_id: str) -> Key:
    return Key(ledger_partition(account_id, mode), f"DELIVERY#{subscription_id}#")


def event_key(key: Key) -> EventKey:
    """Which event an item's key is of."""
    _, account_id, mode = key.pk.split("#")
    return EventKey(account_id, Mode(mode), key.sk.removeprefix("EVENT#"))


def delivery_key(key: Key) -> DeliveryKey:
    """Which delivery an item's key is of."""
    _, account_id, mode = key.pk.split("#")
    _, subscription_id, ulid = key.sk.split("#")
    return DeliveryKey(account_id=account_id, mode=Mode(mode), event_ulid=ulid, subscription_id=subscription_id)


def by_state(key: DeliveryKey, state: DeliveryState) -> Key:
    return Key(state_partition(key.account_id, key.mode, state), f"{key.event_ulid}#{key.subscription_id}")


def state_partition(account_id: str, mode: Mode, state: DeliveryState) -> str:
    return f"{ledger_partition(account_id, mode)}#{state}"


def due_partition(shard: int) -> str:
    return f"DUE#{shard}"


def shard_of(key: DeliveryKey, shards: int) -> int:
    """Which of `shards` a delivery is due in: the same one always."""
    return zlib.crc32(key.id.encode()) % shards
