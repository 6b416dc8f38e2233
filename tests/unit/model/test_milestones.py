from typing import Any

import pytest

from parcelhook.model.event import EventType
from parcelhook.model.milestones import Milestone, is_chosen, reached
from tests import builders

SCAN = {"occurred_at": "2026-01-02T00:00:00Z", "status": "in_transit"}
ANNOUNCED = {"occurred_at": "2026-01-01T00:00:00Z", "status": "not_yet_in_system"}


@pytest.mark.parametrize(
    ("data", "milestones"),
    [
        ({"status": "not_yet_in_system"}, set()),
        ({"status": "unknown", "events": [ANNOUNCED]}, set()),
        ({"status": "accepted"}, {Milestone.ACCEPTED, Milestone.FIRST_SCAN}),
        ({"status": "in_transit", "events": [SCAN]}, {Milestone.IN_TRANSIT, Milestone.FIRST_SCAN}),
        ({"status": "in_transit", "events": [SCAN, ANNOUNCED]}, {Milestone.IN_TRANSIT, Milestone.FIRST_SCAN}),
        ({"status": "in_transit", "events": [SCAN, SCAN]}, {Milestone.IN_TRANSIT}),
        ({"status": "accepted", "events": [SCAN, SCAN]}, {Milestone.ACCEPTED}),
        ({"status": "delivered"}, {Milestone.DELIVERED}),
        ({"status": "delivered_to_collection_location"}, {Milestone.READY_FOR_PICKUP}),
        ({"status": "exception"}, {Milestone.EXCEPTION}),
        ({"status": "returned"}, {Milestone.RETURNED}),
    ],
)
def test_update_tells_its_milestones(data: dict[str, Any], milestones: set[Milestone]) -> None:
    assert reached(data) == milestones


def test_only_tracking_updates_are_chosen_and_none_is_all() -> None:
    update = builders.event(data={"status": "in_transit"})
    assert is_chosen(update, None)
    assert is_chosen(update, (Milestone.DELIVERED, Milestone.IN_TRANSIT))
    assert not is_chosen(update, (Milestone.DELIVERED,))
    assert is_chosen(builders.event(type=EventType.BATCH_CREATED), (Milestone.DELIVERED,))
