"""Every event in every dialect: readable, signed over what is sent, and the same however often it is sent."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from itertools import product
from typing import Any
from xml.etree import ElementTree

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given, settings
from hypothesis import strategies as st

from parcelhook.delivery.attempts import Attempter, Work
from parcelhook.delivery.sender import Post
from parcelhook.dialects.base import Dialect, covered_types
from parcelhook.messages import EventsMessage, decode, encode
from parcelhook.model.event import Event, EventType
from parcelhook.model.subscription import Subscription
from parcelhook.security.signing import standard_webhooks_secret
from parcelhook.storage import keys
from parcelhook.storage.ledger_items import EventRecord, from_event, to_event
from tests import builders
from tests.fakes import FixedClock
from tests.properties.values import canonical_data
from tests.unit.delivery.fakes import FakeSecrets, rsa_signer
from tests.unit.dialects.rendering import ALL_DIALECTS, Onlooker

KINDS = [
    pytest.param(dialect, event_type, payload_format, id=f"{dialect.name}-{event_type}-{payload_format}")
    for dialect in ALL_DIALECTS.known
    for event_type, payload_format in product(covered_types(dialect), ["json", "xml"])
    if payload_format == "json" or "payload_format" in dialect.default_fields
]
EACH = pytest.mark.parametrize(("dialect", "event_type", "payload_format"), KINDS)
FEW = settings(max_examples=25)
SECRETS = FakeSecrets()


def subscription_of(dialect: Dialect, event_type: EventType, payload_format: str) -> Subscription:
    fields = dict(dialect.default_fields)
    if "payload_format" in fields:
        fields["payload_format"] = payload_format
    return builders.subscription(
        id=dialect.new_id(builders.IDS), dialect=dialect.name, event_types=(event_type,), dialect_fields=fields
    )


def post_of(event: Event, subscription: Subscription) -> Post:
    key = builders.delivery_key(event_ulid=event.ulid, subscription_id=subscription.id, mode=event.mode)
    delivery = builders.delivery(key=key, dialect=subscription.dialect, url=subscription.url)
    work = Work(delivery=delivery, event=event, subscription=subscription, message_id="1")
    return Attempter(dialects=ALL_DIALECTS, sender=Onlooker(), secrets=SECRETS, clock=FixedClock()).post(work)


def signature_fits(post: Post, subscription: Subscription, body: bytes) -> dict[str, bool]:
    """By name, whether each signature of a POST is one over `body`, reckoned anew."""
    secret = SECRETS.master().signing_secret(subscription.id, 1)
    headers = dict(post.headers)
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    fits = {"standard": _of_hmac(secret, signed) == base64.b64decode(headers["webhook-signature"].partition(",")[2])}
    if "x-shipengine-rsa-sha256-signature" in headers:
        fits["rsa"] = _rsa_fits(headers, body)
    for name in ("shippo-auth-signature", "x-ehub-signature"):
        if name in headers:
            parts = dict(part.split("=", 1) for part in headers[name].split(","))
            own = _of_hmac(standard_webhooks_secret(secret).encode(), parts["t"].encode() + b"." + body)
            fits[name] = own.hex() == parts["v1"]
    return fits


def _of_hmac(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()


def _rsa_fits(headers: Mapping[str, str], body: bytes) -> bool:
    numbers = {name: _number(rsa_signer().jwk[name]) for name in ("n", "e")}
    signature = base64.b64decode(headers["x-shipengine-rsa-sha256-signature"])
    signed = headers["x-shipengine-timestamp"].encode() + b"." + body
    try:
        RSAPublicNumbers(**numbers).public_key().verify(signature, signed, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


def _number(text: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(text + "=="), "big")


def read_back(post: Post) -> Any:
    """A body as a strict reader has it: JSON of RFC 8259 without a name twice, or XML."""
    if dict(post.headers)["content-type"] == "application/xml":
        return ElementTree.fromstring(post.body)
    return json.loads(post.body.decode("utf-8"), parse_constant=_no_number, object_pairs_hook=_no_name_twice)


def _no_number(text: str) -> float:
    raise AssertionError(f"{text} is no JSON")


def _no_name_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    assert len(members) == len(pairs)
    return members


@EACH
@FEW
@given(data=st.data())
def test_any_event_is_readable_and_signed_over_exactly_what_is_sent(
    dialect: Dialect, event_type: EventType, payload_format: str, data: st.DataObject
) -> None:
    event = builders.event(type=event_type, data=data.draw(canonical_data(event_type)))
    subscription = subscription_of(dialect, event_type, payload_format)
    post = post_of(event, subscription)

    assert read_back(post) is not None
    fits = signature_fits(post, subscription, post.body)
    assert len(fits) == (1 if dialect.name == "parcelhook" else 2)
    assert all(fits.values()), fits
    place = data.draw(st.integers(0, len(post.body) - 1))
    other = post.body[:place] + bytes([post.body[place] ^ 1]) + post.body[place + 1 :]
    assert not any(signature_fits(post, subscription, other).values())
    assert all(name.isascii() and value.isprintable() and value.isascii() for name, value in post.headers.items())


@EACH
@FEW
@given(data=st.data())
def test_a_later_attempt_sends_the_bytes_of_the_first(
    dialect: Dialect, event_type: EventType, payload_format: str, data: st.DataObject
) -> None:
    """The first renders what came out of the queue, later ones what came out of the ledger."""
    event = builders.event(type=event_type, data=data.draw(canonical_data(event_type)))
    subscription = subscription_of(dialect, event_type, payload_format)
    message = decode(encode(EventsMessage(account_id=event.account_id, mode=event.mode, events=(event,))))
    assert isinstance(message, EventsMessage)
    key = keys.event(event.key)
    stored = from_event(EventRecord(event=message.events[0], subscription_ids=(subscription.id,)), days=30)
    item = {name: value for name, value in stored.items() if value is not None}
    later = to_event({"pk": key.pk, "sk": key.sk, **item}).event

    assert message.events[0] == event
    assert post_of(later, subscription) == post_of(message.events[0], subscription) == post_of(event, subscription)
