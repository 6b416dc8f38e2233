"""How the keys of both tables are written. No other module puts key text together.

Registry
    ACCOUNT#<id>  ACCOUNT                                an account
    ACCOUNT#<id>  KEY#<key id>                           an API key, as its account lists it
    KEY#<sha256>  KEY                                    an API key, as a caller proves it
    ACCOUNT#<id>  SUB#<mode>#<event type>#<slot>         a subscription, once for each event type it covers

Ledger
    ACCOUNT#<id>#<mode>  EVENT#<ulid>                    an event
    ACCOUNT#<id>#<mode>  DELIVERY#<subscription>#<ulid>  a delivery
    ACCOUNT#<id>#<mode>  DELIVERY#<subscription>#<ulid>~<hash>  a sheet of deliveries; the ulid is its newest event's
    ACCOUNT#<id>#<mode>  ERASED#<ulid>                   that an event's data was erased, even before it was dispatched
    ACCOUNT#<id>#<mode>  PUBLISHED#<client's id>         what a client's own event id stands for
    ACCOUNT#<id>#<mode>  RECOVERY#<ulid>                 a recovery of a subscription's deliveries
    ACCOUNT#<id>#<mode>  STATS#<hour>#<subscription>     how a subscription's deliveries went in an hour
    ACCOUNT#<id>#<mode>  NEWEST#<subscription>#<sha256>  the newest delivered update of a tracking number
    ACCOUNT#<id>#<mode>  TRACKING#<carrier>#<number>     a registered tracking number, and its latest update
    ACCOUNT#<id>         PUBLISHED                       how far an account has used up what it may publish
    USAGE#<month>        <account>#<mode>#<day>#<count>  what a worker counted of an account on a day of UTC
    CIRCUITS             <account>#<mode>#<subscription>  until when an endpoint's circuit is open

Ledger, index by-state: deliveries that wait or failed
    ACCOUNT#<id>#<mode>#<state>  <ulid>#<subscription>

Ledger, index by-due: deliveries that wait, and recoveries that run
    DUE#<shard>  <bucket>
"""

import zlib
from datetime import UTC, date, datetime

from parcelhook.model.account import Mode
from parcelhook.model.delivery import DeliveryKey, DeliveryState
from parcelhook.model.event import EventKey
from parcelhook.model.recovery import RecoveryKey
from parcelhook.values import value


@value
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


def erasure(key: EventKey) -> Key:
    return Key(ledger_partition(key.account_id, key.mode), f"ERASED#{key.ulid}")


def erased_event_key(key: Key) -> EventKey:
    """Which event an item says of that its data was erased."""
    _, account_id, mode = key.pk.split("#")
    return EventKey(account_id, Mode(mode), key.sk.removeprefix("ERASED#"))


def published(account_id: str, mode: Mode, client_id: str) -> Key:
    return Key(ledger_partition(account_id, mode), f"PUBLISHED#{client_id}")


def publishing_rate(account_id: str) -> Key:
    """One for both modes: the limit is the account's."""
    return Key(f"ACCOUNT#{account_id}", "PUBLISHED")


def tracking(account_id: str, mode: Mode, carrier: str, number: str) -> Key:
    return Key(ledger_partition(account_id, mode), f"TRACKING#{carrier}#{number}")


def delivery(key: DeliveryKey) -> Key:
    return Key(ledger_partition(key.account_id, key.mode), f"DELIVERY#{key.subscription_id}#{key.event_ulid}")


def deliveries(account_id: str, mode: Mode, subscription_id: str) -> Key:
    return Key(ledger_partition(account_id, mode), f"DELIVERY#{subscription_id}#")


def sheet(key: DeliveryKey, name: str) -> Key:
    """Of a sheet with that name, of the subscription of a delivery."""
    return Key(ledger_partition(key.account_id, key.mode), f"DELIVERY#{key.subscription_id}#{name}")


def is_sheet(key: Key) -> bool:
    """Whether the key, of a delivery or of a sheet, is of a sheet."""
    return "~" in key.sk


def sheet_newest(key: Key) -> DeliveryKey:
    """The newest delivery of a sheet."""
    return delivery_key(Key(key.pk, key.sk.partition("~")[0]))


def newest(account_id: str, mode: Mode, subscription_id: str, digest: str) -> Key:
    return Key(ledger_partition(account_id, mode), f"NEWEST#{subscription_id}#{digest}")


def recovery(key: RecoveryKey) -> Key:
    return Key(ledger_partition(key.account_id, key.mode), f"RECOVERY#{key.ulid}")


def recoveries(account_id: str, mode: Mode) -> Key:
    return Key(ledger_partition(account_id, mode), "RECOVERY#")


def is_recovery(key: Key) -> bool:
    """Whether an item's key is of a recovery."""
    return key.sk.startswith("RECOVERY#")


def recovery_key(key: Key) -> RecoveryKey:
    """Which recovery an item's key is of."""
    _, account_id, mode = key.pk.split("#")
    return RecoveryKey(account_id, Mode(mode), key.sk.removeprefix("RECOVERY#"))


def stats(account_id: str, mode: Mode, hour: datetime, subscription_id: str) -> Key:
    """Sums of an hour, by when it began (UTC), so that those of an hour or a day lie together."""
    return Key(ledger_partition(account_id, mode), f"STATS#{hour:%Y-%m-%dT%H}#{subscription_id}")


def stats_hour(key: Key) -> datetime:
    """Which hour an item of sums is of."""
    return datetime.strptime(key.sk.split("#")[1], "%Y-%m-%dT%H").replace(tzinfo=UTC)


def usage(day: date, account_id: str, mode: Mode, count_id: str) -> Key:
    return Key(usage_month(day).pk, f"{account_id}#{mode}#{day.isoformat()}#{count_id}")


def usage_month(day: date) -> Key:
    """Those of all accounts, of the month that a day is of."""
    return Key(f"USAGE#{day.isoformat()[:7]}", "")


def usage_between(account_id: str, mode: Mode, since: date, until: date) -> tuple[str, str]:
    """Between which sort keys those of an account lie, in each month, from one day to another, both included."""
    own = f"{account_id}#{mode}#"
    return f"{own}{since.isoformat()}#", f"{own}{until.isoformat()}#~"


def usage_of(key: Key) -> tuple[date, str, Mode]:
    """Which day, account and mode an item is of."""
    account_id, mode, day, _ = key.sk.split("#")
    return date.fromisoformat(day), account_id, Mode(mode)


def open_circuit(account_id: str, mode: Mode, subscription_id: str) -> Key:
    return Key(open_circuits().pk, f"{account_id}#{mode}#{subscription_id}")


def open_circuits() -> Key:
    """Those of all accounts: few at any time, and counted together."""
    return Key("CIRCUITS", "")


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
