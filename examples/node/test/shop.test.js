// Thank-you messages, the report, warehouse tasks, and what the vendors' webhooks mean for them.

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';

import { readShipments } from '../src/shipments.js';
import { actOn, report, sendMessages, warehouseTasks } from '../src/shop.js';
import { openStore } from '../src/store.js';
import { Situation, readUpdates } from '../src/updates.js';

const TODAY = '2026-01-04';
const OUTBOUND = '9400100000000000000000';
const RETURN = '1Z999AA10123456795';
const SHIPMENTS = readShipments(join(import.meta.dirname, '../../shipments.csv'));
let directory;
let database;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'listener-'));
  database = openStore(directory);
});
afterEach(() => {
  database.close();
  rmSync(directory, { recursive: true });
});

function hear(situation, { trackingNumber = OUTBOUND, sequence = 1, happenedOn = TODAY, expectedOn = null } = {}) {
  const update = { trackingNumber, situation, description: 'as the carrier says', happenedOn, expectedOn };
  actOn(database, SHIPMENTS.get(trackingNumber), update, { sequence, today: TODAY, now: 0 });
  sendMessages(database, join(directory, 'outbox'), 0);
}

const messages = () => readdirSync(join(directory, 'outbox'));
const problem = (today = TODAY) =>
  report(database, SHIPMENTS, today).find((line) => line.tracking_number === OUTBOUND)?.problem;

test('the customer is thanked once, on delivery', () => {
  hear(Situation.MOVING);
  assert.deepEqual(messages(), []);
  hear(Situation.DELIVERED, { sequence: 2 });
  assert.deepEqual(messages(), ['order-1002.eml']);
  rmSync(join(directory, 'outbox/order-1002.eml'));
  hear(Situation.DELIVERED, { sequence: 3 });
  assert.deepEqual(messages(), []);
});

test('a parcel of somebody else moves nothing', () => {
  hear(Situation.DELIVERED, { trackingNumber: 'unknown' });
  assert.deepEqual(messages(), []);
});

for (const situation of [Situation.MOVING, Situation.DELIVERED, Situation.UNDELIVERABLE]) {
  test(`a return label that is ${situation} makes one task and no message`, () => {
    hear(Situation.ANNOUNCED, { trackingNumber: RETURN });
    assert.deepEqual(warehouseTasks(database), []);
    hear(situation, { trackingNumber: RETURN, sequence: 2 });
    hear(situation, { trackingNumber: RETURN, sequence: 3 });
    assert.deepEqual(warehouseTasks(database), [{ task: 'expect return', tracking_number: RETURN, order: '1003' }]);
    assert.deepEqual(messages(), []);
  });
}

test('an older update undoes nothing', () => {
  hear(Situation.UNDELIVERABLE, { sequence: 7 });
  hear(Situation.DELIVERED, { sequence: 6 });
  assert.deepEqual([problem(), messages()], ['undeliverable', []]);
  hear(Situation.DELIVERED, { sequence: 8 });
  assert.deepEqual([problem(), messages()], [undefined, ['order-1002.eml']]);
});

test('late is what arrives, or would arrive, after the promised day', () => {
  assert.deepEqual([problem('2026-01-05'), problem('2026-01-06')], [undefined, 'late']);
  hear(Situation.MOVING, { expectedOn: '2026-01-06' });
  assert.equal(problem(TODAY), 'late');
  hear(Situation.MOVING, { sequence: 2, expectedOn: '2026-01-05' });
  assert.deepEqual([problem('2026-01-05'), problem('2026-01-06')], [undefined, 'late']);
  hear(Situation.DELIVERED, { sequence: 3, happenedOn: '2026-01-05' });
  assert.equal(problem('2026-02-01'), undefined);
  hear(Situation.DELIVERED, { sequence: 4, happenedOn: '2026-01-06' });
  assert.equal(problem('2026-02-01'), 'late');
});

const read = (source, webhook) => readUpdates(source, Buffer.from(JSON.stringify(webhook)));

test("ShipEngine's webhook is understood", () => {
  const data = { tracking_number: '1Z', status_code: 'DE', actual_delivery_date: '2026-01-05T10:00:00Z', events: [] };
  assert.deepEqual(read('shipengine', { resource_type: 'API_TRACK', data }), [
    { trackingNumber: '1Z', situation: 'delivered', description: null, happenedOn: '2026-01-05', expectedOn: null },
  ]);
  assert.deepEqual(read('shipengine', { resource_type: 'API_BATCH', resource_url: 'https://example.com' }), []);
});

test("Shippo's webhook is understood", () => {
  const tracking_status = { status: 'FAILURE', status_details: 'Lost.', status_date: '2026-01-05T10:00:00Z' };
  const data = { tracking_number: '1Z', eta: '2026-01-06T00:00:00Z', tracking_status };
  assert.deepEqual(read('shippo', { event: 'track_updated', data }), [
    {
      trackingNumber: '1Z',
      situation: 'undeliverable',
      description: 'Lost.',
      happenedOn: '2026-01-05',
      expectedOn: '2026-01-06',
    },
  ]);
  assert.deepEqual(read('shippo', { event: 'batch_created', data: 'batch b1 created' }), []);
});

test("the newest scan of each parcel in eHub's webhook counts", () => {
  const scan = (tracking_number, code) => ({ tracking_number, code, event_timestamp: '2026-01-05T00:00:00.000Z' });
  const payload = [scan('a', '01'), scan('a', 'OF'), scan('b', 'OF')];
  const updates = read('ehub', { subscription_type: 'shipment_tracking', payload });
  const situations = Object.fromEntries(updates.map((update) => [update.trackingNumber, update.situation]));
  assert.deepEqual(situations, { a: 'delivered', b: 'moving' });
});

test('a body of another form is an error', () => {
  for (const body of ['', '[]x', '{"event": "track_updated"}', '{"event": "track_updated", "data": {}}']) {
    assert.throws(() => readUpdates('shippo', Buffer.from(body)));
  }
});
