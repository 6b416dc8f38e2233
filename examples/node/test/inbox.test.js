// The durable queue: each webhook once, whatever happens in between.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';

import { MOST_ATTEMPTS, REMEMBERED_SECONDS, add, forget, workOnNext } from '../src/inbox.js';
import { openStore } from '../src/store.js';

const NOW = 1_800_000_000;
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

const webhook = (id = 'dlv_1') => ({ id, source: 'shippo', sequence: 1, body: Buffer.from('{}') });
const inbox = () => database.prepare('SELECT * FROM inbox').all();
const tasks = () => database.prepare('SELECT * FROM warehouse_tasks').all();

/** Work that notes what it was given, and fails the first `failures` times. */
function working(failures = 0) {
  const ids = [];
  const work = (row) => {
    ids.push(row.webhook_id);
    database.prepare("INSERT INTO warehouse_tasks VALUES (?, 'o', 'c', 0)").run(row.webhook_id);
    if (ids.length <= failures) throw new Error('no');
  };
  return { ids, work };
}

test('a webhook is worked on once', () => {
  const { ids, work } = working();
  assert.equal(add(database, webhook(), NOW), true);
  assert.equal(add(database, webhook(), NOW), false);
  assert.equal(workOnNext(database, work, NOW), true);
  assert.equal(workOnNext(database, work, NOW), false);
  assert.equal(add(database, webhook(), NOW), false);
  assert.deepEqual(ids, ['dlv_1']);
});

test('work that fails leaves nothing and is tried again later', () => {
  const { work } = working(1);
  add(database, webhook(), NOW);
  workOnNext(database, work, NOW);
  assert.equal(tasks().length, 0);
  assert.equal(workOnNext(database, work, NOW + 1), false);
  assert.equal(workOnNext(database, work, NOW + 2), true);
  assert.equal(tasks().length, 1);
});

test('a failure does not hold up the next webhook', () => {
  const { ids, work } = working(1);
  add(database, webhook('dlv_1'), NOW);
  add(database, webhook('dlv_2'), NOW + 0.5);
  workOnNext(database, work, NOW + 1);
  workOnNext(database, work, NOW + 1);
  assert.deepEqual(ids, ['dlv_1', 'dlv_2']);
});

test('work that always fails ends with its error and its body', () => {
  const { ids, work } = working(MOST_ATTEMPTS);
  add(database, webhook(), NOW);
  for (let now = NOW; workOnNext(database, work, now); now += 3600);
  assert.equal(ids.length, MOST_ATTEMPTS);
  const [row] = inbox();
  assert.deepEqual([row.state, row.error, row.body.length], ['failed', 'Error: no', 2]);
});

test('a done webhook keeps its id for as long as it can come again, and not its body', () => {
  add(database, webhook(), NOW);
  workOnNext(database, working().work, NOW);
  assert.deepEqual([inbox()[0].state, inbox()[0].body], ['done', null]);
  forget(database, NOW + REMEMBERED_SECONDS);
  assert.equal(inbox().length, 1);
  forget(database, NOW + REMEMBERED_SECONDS + 1);
  assert.equal(inbox().length, 0);
});

test('a waiting webhook is never forgotten', () => {
  add(database, webhook(), NOW);
  forget(database, NOW + 2 * REMEMBERED_SECONDS);
  assert.equal(inbox().length, 1);
});
