// Works on what was received, apart from receiving it.

import { join } from 'node:path';

import { forget, workOnNext } from './inbox.js';
import { readShipments } from './shipments.js';
import { actOn, sendMessages } from './shop.js';
import { readUpdates } from './updates.js';

const LOOK_EVERY_MS = 1000;
const FORGET_EVERY_SECONDS = 3600;

/** What is not finished when the process ends is in the inbox, and goes on at the next start. */
export class Worker {
  #settings;
  #database;
  #forgetFrom = 0;
  #timer = null;
  #woken = null;

  constructor(settings, database) {
    this.#settings = settings;
    this.#database = database;
  }

  start() {
    this.#timer = setInterval(() => this.#run(), LOOK_EVERY_MS);
    this.wake();
  }

  /** There is something to do, once the answer is out. */
  wake() {
    this.#woken ??= setImmediate(() => {
      this.#woken = null;
      this.#run();
    });
  }

  stop() {
    clearInterval(this.#timer);
    clearImmediate(this.#woken);
  }

  /** Does one piece of work at `now` (seconds since 1970), and asks for its turn again if there may be more. */
  work(now) {
    if (workOnNext(this.#database, (row) => this.#act(row, now), now)) this.wake();
    sendMessages(this.#database, join(this.#settings.data, 'outbox'), now);
    if (now >= this.#forgetFrom) {
      forget(this.#database, now);
      this.#forgetFrom = now + FORGET_EVERY_SECONDS;
    }
  }

  #run() {
    try {
      this.work(Date.now() / 1000);
    } catch (error) {
      // A full disk or a locked file: what waits is still in the inbox.
      console.error('will try again:', error);
    }
  }

  #act(row, now) {
    const today = new Date(now * 1000).toISOString().slice(0, 10);
    const shipments = readShipments(this.#settings.shipments);
    for (const update of readUpdates(row.source, row.body)) {
      const context = { sequence: row.sequence, today, now };
      actOn(this.#database, shipments.get(update.trackingNumber), update, context);
    }
  }
}
