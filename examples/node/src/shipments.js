// What the shop itself knows of its parcels. Put a query of your own database in its place.

import { readFileSync } from 'node:fs';

/** All shipments of a CSV file without quoting, by tracking number. */
export function readShipments(path) {
  const [names, ...rows] = readFileSync(path, 'utf8')
    .split(/\r?\n/)
    .filter(Boolean)
    .map((line) => line.split(','));
  const shipments = rows.map((row) => Object.fromEntries(names.map((name, column) => [name, row[column]])));
  return new Map(
    shipments.map((row) => [
      row.tracking_number,
      {
        trackingNumber: row.tracking_number,
        order: row.order,
        customer: row.customer,
        email: row.email,
        isReturn: row.direction === 'return',
        promisedOn: row.promised_on || null,
      },
    ]),
  );
}
