"""Our own headers on deliveries."""

from parcelhook.delivery.headers import delivery_headers
from parcelhook.model.event import EventType
from tests.builders import IDS, event
from tests.fakes import START


def test_delivery_about_a_parcel_is_numbered() -> None:
    assert delivery_headers(event(ulid=IDS.ulid(START))) == {
        "parcelhook-hops": "1",
        "parcelhook-sequence": "1767384000000000",
    }


def test_delivery_about_something_else_is_not() -> None:
    assert delivery_headers(event(type=EventType.RATES_UPDATED)) == {"parcelhook-hops": "1"}


def test_delivery_is_one_hop_more_than_its_event() -> None:
    assert delivery_headers(event(hops=3))["parcelhook-hops"] == "4"
