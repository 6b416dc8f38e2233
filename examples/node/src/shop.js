// What the shop does when a parcel moves: thank, report, and prepare for returns.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { transaction } from './store.js';
import { Situation } from './updates.js';

/**
 * Notes what is known of the parcel and what is to be done; nothing if something newer is known.
 *
 * Each thing to do has the tracking number as its key, so that it is done once however often a parcel is scanned.
 */
export function actOn(database, shipment, update, { sequence, today, now }) {
  if (!isNewest(database, update, sequence, today) || !shipment) return;
  const { trackingNumber, order, customer, email } = shipment;
  if (shipment.isReturn) {
    if (update.situation !== Situation.ANNOUNCED) {
      database
        .prepare('INSERT INTO warehouse_tasks VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING')
        .run(trackingNumber, order, customer, now);
    }
  } else if (update.situation === Situation.DELIVERED) {
    database
      .prepare('INSERT INTO messages VALUES (?, ?, ?, ?, NULL) ON CONFLICT DO NOTHING')
      .run(trackingNumber, order, customer, email);
  }
}

/** Webhooks overtake each other; an older one must not undo a newer one. */
function isNewest(database, update, sequence, today) {
  const written = database
    .prepare(
      'INSERT INTO parcels VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (tracking_number) DO UPDATE SET' +
        ' sequence = excluded.sequence, situation = excluded.situation, description = excluded.description,' +
        ' happened_on = excluded.happened_on, expected_on = excluded.expected_on' +
        ' WHERE excluded.sequence >= parcels.sequence',
    )
    .run(
      update.trackingNumber,
      sequence,
      update.situation,
      update.description,
      update.happenedOn ?? today,
      update.expectedOn,
    );
  return written.changes === 1;
}

/** Writes each thank-you message that waits into `outbox`. Put your mailer in its place. */
export function sendMessages(database, outbox, now) {
  mkdirSync(outbox, { recursive: true });
  transaction(database, () => {
    for (const row of database.prepare('SELECT * FROM messages WHERE sent_at IS NULL').all()) {
      writeFileSync(join(outbox, `order-${row.shop_order}.eml`), thanks(row));
      database.prepare('UPDATE messages SET sent_at = ? WHERE tracking_number = ?').run(now, row.tracking_number);
    }
  });
}

function thanks(row) {
  return [
    `To: ${row.email}`,
    `Subject: Order ${row.shop_order} has arrived`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset="utf-8"',
    'Content-Transfer-Encoding: 8bit',
    '',
    `Dear ${row.customer},`,
    '',
    `thank you for your order ${row.shop_order}. It has been delivered.`,
    'You can return it within 30 days; a label is in the parcel.',
    '',
  ].join('\n');
}

/** The returns that are on their way, oldest first. */
export function warehouseTasks(database) {
  return database
    .prepare('SELECT tracking_number, shop_order FROM warehouse_tasks ORDER BY created_at')
    .all()
    .map((row) => ({ task: 'expect return', tracking_number: row.tracking_number, order: row.shop_order }));
}

/** The parcels that are late or cannot be delivered, by tracking number. */
export function report(database, shipments, today) {
  const rows = database.prepare('SELECT * FROM parcels').all();
  const parcels = new Map(rows.map((row) => [row.tracking_number, row]));
  return [...shipments.values()]
    .filter((shipment) => !shipment.isReturn)
    .map((shipment) => line(shipment, parcels.get(shipment.trackingNumber), today))
    .filter((each) => each.problem)
    .sort((one, other) => (one.tracking_number < other.tracking_number ? -1 : 1));
}

function line(shipment, parcel, today) {
  return {
    problem: problem(shipment, parcel, today),
    tracking_number: shipment.trackingNumber,
    order: shipment.order,
    promised_on: shipment.promisedOn ?? '',
    expected_on: parcel?.expected_on ?? '',
    description: parcel?.description ?? '',
  };
}

function problem(shipment, parcel, today) {
  if (parcel?.situation === Situation.UNDELIVERABLE) return 'undeliverable';
  // A parcel of which nothing is heard is late, too, once its day is over.
  const expected = parcel?.expected_on > today ? parcel.expected_on : today;
  const arrival = parcel?.situation === Situation.DELIVERED ? parcel.happened_on : expected;
  return shipment.promisedOn && arrival > shipment.promisedOn ? 'late' : null;
}
