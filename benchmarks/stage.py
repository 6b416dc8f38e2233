"""A stage whose AWS is the canned responder: the settings, the registry's answers, one subscription, one key."""

import base64
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from benchmarks.aws_responder import running_responder
from parcelhook.catalogue import sample
from parcelhook.clock import to_text
from parcelhook.ids import Ids
from parcelhook.messages import EventsMessage, encode
from parcelhook.model.account import ApiKey, Mode
from parcelhook.model.event import Event, EventType
from parcelhook.model.subscription import Subscription
from parcelhook.security.signing import new_rsa_key
from parcelhook.settings import Settings
from parcelhook.storage import keys
from parcelhook.storage.attributes import encode as encode_attributes
from parcelhook.storage.registry import _from_key
from parcelhook.storage.subscription_items import from_subscription

ACCOUNT = "acct_01KDZ000000000000000000000"
SETTINGS = Settings(
    registry_table="registry",
    ledger_table="ledger",
    events_queue_url="https://sqs.us-east-1.amazonaws.com/123456789012/events",
    master_secret_parameter="/master",  # noqa: S106 - the name of one
    signing_key_parameter="/rsa",
)
_EVENT_NAMES = {"shipengine": "track", "shippo": "track_updated", "ehub": "shipment_tracking"}
_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "x",
    "AWS_SECRET_ACCESS_KEY": "x",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}


def subscription(dialect: str, url: str) -> Subscription:
    """To tracking updates."""
    now = datetime.now(UTC)
    return Subscription(
        id=f"se-{dialect}",
        account_id=ACCOUNT,
        mode=Mode.LIVE,
        dialect=dialect,
        event_name=_EVENT_NAMES[dialect],
        event_types=(EventType.TRACKING_UPDATED,),
        url=url,
        created_at=now,
        updated_at=now,
    )


def key() -> ApiKey:
    """Proves the account to the api."""
    return ApiKey(id="key_1", account_id=ACCOUNT, mode=Mode.LIVE, hint="live_…abcd", created_at=datetime.now(UTC))


@contextmanager
def running_stage(subscriber: Subscription) -> Iterator[None]:
    """Clients that are made meanwhile speak to a responder, which knows `subscriber` only."""
    item = encode_attributes({"pk": "x", "sk": "x", **from_subscription(subscriber)})
    key_item = encode_attributes({"pk": "x", "sk": "x", **_from_key(key())})
    told = {"id": ACCOUNT, "name": "Acme", "created_at": to_text(datetime.now(UTC))}
    account_item = encode_attributes({"pk": "x", "sk": "x", **told})
    answers = {
        "Query": {"Items": [_plain(item)], "Count": 1, "ScannedCount": 1},
        "GetItem": {"Item": _plain(key_item)},
        f"GetItem:{keys.account(ACCOUNT).pk}": {"Item": _plain(account_item)},
        "BatchWriteItem": {"UnprocessedItems": {}},
        "PutItem": {},
        "UpdateItem": {},
        "SendMessage": {"MessageId": "1", "MD5OfMessageBody": "0" * 32},
        "GetParameter:/master": {"Parameter": {"Value": base64.b64encode(bytes(32)).decode()}},
        "GetParameter:/rsa": {"Parameter": {"Value": new_rsa_key().decode()}},
    }
    with running_responder(answers) as url:
        before = dict(os.environ)
        os.environ |= _ENVIRONMENT | {"AWS_ENDPOINT_URL": url} | SETTINGS.to_environment()
        try:
            yield
        finally:
            os.environ.clear()
            os.environ |= before


def message(events: int) -> str:
    """A message of so many tracking updates of some 2 KB, as it lies in the queue."""
    now, ids = datetime.now(UTC), Ids()
    kind = EventType.TRACKING_UPDATED
    made = (
        Event(
            ulid=ids.ulid(now),
            account_id=ACCOUNT,
            mode=Mode.LIVE,
            type=kind,
            data=sample(kind),
            accepted_at=now,
            occurred_at=now,
        )
        for _ in range(events)
    )
    return encode(EventsMessage(account_id=ACCOUNT, mode=Mode.LIVE, events=tuple(made)))


def _plain(item: Mapping[str, Any]) -> dict[str, Any]:
    """`item` as it lies on the wire, where bytes are base64."""
    return {name: _wire(attribute) for name, attribute in item.items()}


def _wire(attribute: Mapping[str, Any]) -> dict[str, Any]:
    return {
        kind: base64.b64encode(value).decode() if isinstance(value, bytes) else value
        for kind, value in attribute.items()
    }
