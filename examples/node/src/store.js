// One SQLite file: the webhooks that came, what is known of each parcel, and what is to be done.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

// What was answered with a 2xx must be there after a power cut: hence `synchronous = FULL`.
const TABLES = `
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA busy_timeout = 5000;
CREATE TABLE IF NOT EXISTS inbox (
    webhook_id TEXT PRIMARY KEY, source TEXT NOT NULL, sequence INTEGER NOT NULL, body BLOB,
    received_at REAL NOT NULL, state TEXT NOT NULL DEFAULT 'waiting',
    attempts INTEGER NOT NULL DEFAULT 0, next_at REAL NOT NULL, error TEXT);
CREATE INDEX IF NOT EXISTS inbox_by_state ON inbox (state, next_at);
CREATE TABLE IF NOT EXISTS parcels (
    tracking_number TEXT PRIMARY KEY, sequence INTEGER NOT NULL, situation TEXT NOT NULL,
    description TEXT, happened_on TEXT, expected_on TEXT);
CREATE TABLE IF NOT EXISTS messages (
    tracking_number TEXT PRIMARY KEY, shop_order TEXT NOT NULL, customer TEXT NOT NULL,
    email TEXT NOT NULL, sent_at REAL);
CREATE TABLE IF NOT EXISTS warehouse_tasks (
    tracking_number TEXT PRIMARY KEY, shop_order TEXT NOT NULL, customer TEXT NOT NULL, created_at REAL NOT NULL);
`;

export function openStore(directory) {
  mkdirSync(directory, { recursive: true });
  const database = new DatabaseSync(join(directory, 'listener.sqlite3'));
  database.exec(TABLES);
  return database;
}

/** All that `work` does is kept, or nothing. On disk when it ends. */
export function transaction(database, work) {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}
