"""What the shop does when a parcel moves: thank, report, and prepare for returns."""

import sqlite3
from collections.abc import Mapping
from email.message import EmailMessage
from pathlib import Path

from listener.shipments import Shipment
from listener.store import Store
from listener.updates import Situation, Update

_SCANNED = {Situation.MOVING, Situation.DELIVERED, Situation.UNDELIVERABLE}


def act_on(
    database: sqlite3.Connection, shipment: Shipment | None, update: Update, *, sequence: int, today: str, now: float
) -> None:
    """Notes what is known of the parcel and what is to be done; nothing if something newer is known.

    Each thing to do has the tracking number as its key, so that it is done once however often a parcel is scanned.
    """
    if not _is_newest(database, update, sequence, today) or shipment is None:
        return
    if shipment.is_return:
        if update.situation in _SCANNED:
            database.execute(
                "INSERT INTO warehouse_tasks VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (shipment.tracking_number, shipment.order, shipment.customer, now),
            )
    elif update.situation is Situation.DELIVERED:
        database.execute(
            "INSERT INTO messages VALUES (?, ?, ?, ?, NULL) ON CONFLICT DO NOTHING",
            (shipment.tracking_number, shipment.order, shipment.customer, shipment.email),
        )


def _is_newest(database: sqlite3.Connection, update: Update, sequence: int, today: str) -> bool:
    """Webhooks overtake each other; an older one must not undo a newer one."""
    written = database.execute(
        "INSERT INTO parcels VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (tracking_number) DO UPDATE SET"
        " sequence = excluded.sequence, situation = excluded.situation, description = excluded.description,"
        " happened_on = excluded.happened_on, expected_on = excluded.expected_on"
        " WHERE excluded.sequence >= parcels.sequence",
        (
            update.tracking_number,
            sequence,
            update.situation,
            update.description,
            update.happened_on or today,
            update.expected_on,
        ),
    )
    return written.rowcount == 1


def send_messages(store: Store, outbox: Path, now: float) -> None:
    """Writes each thank-you message that waits into `outbox`. Put your mailer in its place."""
    outbox.mkdir(parents=True, exist_ok=True)
    with store.transaction() as database:
        for row in database.execute("SELECT * FROM messages WHERE sent_at IS NULL").fetchall():
            (outbox / f"order-{row['shop_order']}.eml").write_bytes(bytes(_thanks(row)))
            database.execute("UPDATE messages SET sent_at = ? WHERE tracking_number = ?", (now, row["tracking_number"]))


def _thanks(row: sqlite3.Row) -> EmailMessage:
    message = EmailMessage()
    message["To"] = row["email"]
    message["Subject"] = f"Order {row['shop_order']} has arrived"
    message.set_content(
        f"Dear {row['customer']},\n\nthank you for your order {row['shop_order']}. It has been delivered.\n"
        "You can return it within 30 days; a label is in the parcel.\n"
    )
    return message


def warehouse_tasks(store: Store) -> list[dict[str, str]]:
    """The returns that are on their way, oldest first."""
    with store.transaction() as database:
        rows = database.execute("SELECT * FROM warehouse_tasks ORDER BY created_at").fetchall()
    return [
        {"task": "expect return", "tracking_number": row["tracking_number"], "order": row["shop_order"]} for row in rows
    ]


def report(store: Store, shipments: Mapping[str, Shipment], today: str) -> list[dict[str, str]]:
    """The parcels that are late or cannot be delivered, by tracking number."""
    with store.transaction() as database:
        parcels = {row["tracking_number"]: row for row in database.execute("SELECT * FROM parcels")}
    lines = (_line(shipment, parcels.get(number), today) for number, shipment in sorted(shipments.items()))
    return [line for line in lines if line]


def _line(shipment: Shipment, parcel: sqlite3.Row | None, today: str) -> dict[str, str] | None:
    if shipment.is_return or not (problem := _problem(shipment, parcel, today)):
        return None
    return {
        "problem": problem,
        "tracking_number": shipment.tracking_number,
        "order": shipment.order,
        "promised_on": shipment.promised_on or "",
        "expected_on": (parcel["expected_on"] if parcel else None) or "",
        "description": (parcel["description"] if parcel else None) or "",
    }


def _problem(shipment: Shipment, parcel: sqlite3.Row | None, today: str) -> str | None:
    if parcel and parcel["situation"] == Situation.UNDELIVERABLE:
        return "undeliverable"
    if parcel and parcel["situation"] == Situation.DELIVERED:
        arrival = parcel["happened_on"]
    else:
        # A parcel of which nothing is heard is late, too, once its day is over.
        arrival = max(today, (parcel["expected_on"] if parcel else None) or today)
    return "late" if shipment.promised_on and arrival > shipment.promised_on else None
