// The durable queue between answering a webhook and working on it: each webhook once, by its id.

import { transaction } from './store.js';

export const MOST_ATTEMPTS = 8;
const LONGEST_WAIT_SECONDS = 3600;

/** For how long ids are known. Parcelhook can send again what is up to 30 days old. */
export const REMEMBERED_SECONDS = 40 * 24 * 3600;

/** Keeps a webhook on disk; false if it was here before. */
export function add(database, { id, source, sequence, body }, now) {
  const added = database
    .prepare(
      'INSERT INTO inbox (webhook_id, source, sequence, body, received_at, next_at) VALUES (?, ?, ?, ?, ?, ?)' +
        ' ON CONFLICT DO NOTHING',
    )
    .run(id, source, sequence, body, now, now);
  return added.changes === 1;
}

/**
 * Does `work` on one waiting webhook; false if none waits.
 *
 * What `work` writes and that it is done are one transaction. Work that fails is tried again, ever later.
 */
export function workOnNext(database, work, now) {
  const row = database
    .prepare("SELECT * FROM inbox WHERE state = 'waiting' AND next_at <= ? ORDER BY next_at, received_at LIMIT 1")
    .get(now);
  if (!row) return false;
  try {
    transaction(database, () => {
      work(row);
      // Bodies hold personal data; the id is all that has to be remembered.
      database
        .prepare("UPDATE inbox SET state = 'done', body = NULL, error = NULL WHERE webhook_id = ?")
        .run(row.webhook_id);
    });
  } catch (error) {
    putBack(database, row, error, now);
  }
  return true;
}

/** Drops ids that cannot come again. */
export function forget(database, now) {
  database.prepare("DELETE FROM inbox WHERE state = 'done' AND received_at < ?").run(now - REMEMBERED_SECONDS);
}

function putBack(database, row, error, now) {
  const attempts = row.attempts + 1;
  const state = attempts >= MOST_ATTEMPTS ? 'failed' : 'waiting';
  database
    .prepare('UPDATE inbox SET attempts = ?, next_at = ?, error = ?, state = ? WHERE webhook_id = ?')
    .run(attempts, now + Math.min(2 ** attempts, LONGEST_WAIT_SECONDS), String(error), state, row.webhook_id);
}
