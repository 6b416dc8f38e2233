"""Thank-you messages, the report, and warehouse tasks."""

from pathlib import Path

import pytest

from listener.shipments import Shipment, read_shipments
from listener.shop import act_on, report, send_messages, warehouse_tasks
from listener.store import Store
from listener.updates import Situation, Update

TODAY = "2026-01-04"
SHIPMENTS = Path(__file__).parents[3] / "examples/shipments.csv"


def shipment(number: str = "1Z", *, is_return: bool = False, promised_on: str | None = "2026-01-05") -> Shipment:
    return Shipment(
        tracking_number=number,
        order="1001",
        customer="Ana Díaz",
        email="ana@example.com",
        is_return=is_return,
        promised_on=promised_on,
    )


class Shop:
    """One parcel and what the shop does about it."""

    def __init__(self, directory: Path) -> None:
        self.store = Store(directory)
        self.outbox = directory / "outbox"
        self._sequence = 0

    def hear(
        self,
        situation: Situation,
        parcel: Shipment | None = None,
        *,
        sequence: int | None = None,
        happened_on: str | None = TODAY,
        expected_on: str | None = None,
    ) -> None:
        self._sequence += 1
        update = Update(
            tracking_number=(parcel or shipment()).tracking_number,
            situation=situation,
            description="as the carrier says",
            happened_on=happened_on,
            expected_on=expected_on,
        )
        number = self._sequence if sequence is None else sequence
        with self.store.transaction() as database:
            act_on(database, parcel or shipment(), update, sequence=number, today=TODAY, now=0)
        send_messages(self.store, self.outbox, now=0)

    def messages(self) -> list[str]:
        return sorted(path.name for path in self.outbox.iterdir())

    def problems(self, parcel: Shipment | None = None, *, today: str = TODAY) -> list[str]:
        return [line["problem"] for line in report(self.store, {"1Z": parcel or shipment()}, today)]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_customer_is_thanked_once_on_delivery(shop: Shop) -> None:
    shop.hear(Situation.MOVING)
    assert shop.messages() == []
    shop.hear(Situation.DELIVERED)
    assert shop.messages() == ["order-1001.eml"]
    message = (shop.outbox / "order-1001.eml").read_text(encoding="utf-8")
    assert "To: ana@example.com" in message
    (shop.outbox / "order-1001.eml").unlink()
    shop.hear(Situation.DELIVERED)
    assert shop.messages() == []


def test_parcel_of_somebody_else_moves_nothing(shop: Shop) -> None:
    update = Update(tracking_number="2Z", situation=Situation.DELIVERED, description=None, happened_on=None)
    with shop.store.transaction() as database:
        act_on(database, None, update, sequence=1, today=TODAY, now=0)
    send_messages(shop.store, shop.outbox, now=0)
    assert shop.messages() == []


@pytest.mark.parametrize("situation", [Situation.MOVING, Situation.DELIVERED, Situation.UNDELIVERABLE])
def test_scan_of_a_return_label_makes_one_task_and_no_message(shop: Shop, situation: Situation) -> None:
    label = shipment(is_return=True)
    shop.hear(Situation.ANNOUNCED, label)
    assert warehouse_tasks(shop.store) == []
    shop.hear(situation, label)
    shop.hear(situation, label)
    assert warehouse_tasks(shop.store) == [{"task": "expect return", "tracking_number": "1Z", "order": "1001"}]
    assert shop.messages() == []
    assert shop.problems(label) == []


def test_undeliverable_parcel_is_reported_until_it_is_delivered(shop: Shop) -> None:
    shop.hear(Situation.UNDELIVERABLE)
    assert shop.problems() == ["undeliverable"]
    shop.hear(Situation.DELIVERED)
    assert shop.problems() == []


def test_older_update_does_not_undo_a_newer_one(shop: Shop) -> None:
    shop.hear(Situation.DELIVERED, sequence=7)
    shop.hear(Situation.UNDELIVERABLE, sequence=6)
    assert shop.problems() == []
    shop.hear(Situation.UNDELIVERABLE, sequence=8)
    assert shop.problems() == ["undeliverable"]


def test_older_delivery_is_not_thanked_for(shop: Shop) -> None:
    shop.hear(Situation.UNDELIVERABLE, sequence=7)
    shop.hear(Situation.DELIVERED, sequence=6)
    assert shop.messages() == []


@pytest.mark.parametrize(
    ("situation", "happened_on", "expected_on", "today"),
    [
        (Situation.MOVING, TODAY, "2026-01-06", TODAY),
        (Situation.MOVING, TODAY, None, "2026-01-06"),
        (Situation.MOVING, TODAY, "2026-01-05", "2026-01-06"),
        (Situation.DELIVERED, "2026-01-06", None, "2026-02-01"),
    ],
)
def test_parcel_after_the_promised_day_is_late(
    shop: Shop, situation: Situation, happened_on: str, expected_on: str | None, today: str
) -> None:
    shop.hear(situation, happened_on=happened_on, expected_on=expected_on)
    assert shop.problems(today=today) == ["late"]


def test_parcel_on_the_promised_day_is_not_late(shop: Shop) -> None:
    shop.hear(Situation.MOVING, expected_on="2026-01-05")
    assert shop.problems(today="2026-01-05") == []
    shop.hear(Situation.DELIVERED, happened_on="2026-01-05")
    assert shop.problems(today="2026-02-01") == []


def test_parcel_of_which_nothing_is_heard_is_late_after_its_day(shop: Shop) -> None:
    assert shop.problems(today="2026-01-05") == []
    assert shop.problems(today="2026-01-06") == ["late"]
    assert shop.problems(shipment(promised_on=None), today="2026-01-06") == []


def test_delivery_without_a_day_happened_today(shop: Shop) -> None:
    shop.hear(Situation.DELIVERED, happened_on=None)
    assert shop.problems(today="2026-02-01") == []


def test_shipments_of_the_example_can_be_read() -> None:
    shipments = read_shipments(SHIPMENTS)
    assert [each.is_return for each in shipments.values()] == [False, False, True]
    assert shipments["1Z999AA10123456795"].promised_on is None
