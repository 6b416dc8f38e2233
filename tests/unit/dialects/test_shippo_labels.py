"""Which transactions tell of a label that Shippo tracks by itself."""

from typing import Any

import pytest

from parcelhook.dialects.shippo_labels import bought_label
from parcelhook.model.event import EventType
from tests import builders

RATE = {"provider": "DHL Express", "servicelevel_token": "dhl_express_worldwide"}
LABEL = {"object_id": "915d", "status": "SUCCESS", "tracking_number": "1Z", "rate": RATE, "metadata": ""}


def transaction(**members: Any) -> dict[str, Any]:
    return LABEL | members


def test_label_tells_carrier_number_and_what_is_known_of_its_parcel() -> None:
    label = bought_label(builders.event(type=EventType.TRANSACTION_CREATED, data=transaction()))
    assert label is not None
    assert (label.carrier, label.number, label.transaction_id) == ("dhl_express", "1Z", "915d")
    assert label.members == {"transaction_id": "915d", "service_level": {"token": "dhl_express_worldwide"}}


@pytest.mark.parametrize(
    "members",
    [
        {"status": "ERROR"},
        {"tracking_number": ""},
        {"tracking_number": "1" * 101},
        {"rate": "a1b2"},
        {"rate": {"provider": "  "}},
    ],
    ids=str,
)
def test_what_cannot_be_tracked_is_no_label(members: dict[str, Any]) -> None:
    assert bought_label(builders.event(type=EventType.TRANSACTION_CREATED, data=transaction(**members))) is None


def test_later_news_of_a_transaction_is_no_label() -> None:
    assert bought_label(builders.event(type=EventType.TRANSACTION_UPDATED, data=transaction())) is None
