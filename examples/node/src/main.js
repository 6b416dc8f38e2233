// `node src/main.js` serves; with `report`, `tasks` or `status` it prints.

import { makeServer } from './app.js';
import { SettingsError, readSettings } from './settings.js';
import { readShipments } from './shipments.js';
import { report, warehouseTasks } from './shop.js';
import { openStore } from './store.js';
import { Worker } from './worker.js';

const COMMANDS = {
  serve,
  report: (settings) =>
    print(report(openStore(settings.data), readShipments(settings.shipments), new Date().toISOString().slice(0, 10))),
  tasks: (settings) => print(warehouseTasks(openStore(settings.data))),
  status: (settings) => print(status(openStore(settings.data))),
};

function serve(settings) {
  if (!settings.sources.size) throw new SettingsError('Set SHIPENGINE_SECRET, SHIPPO_SECRET or EHUB_SECRET.');
  const database = openStore(settings.data);
  const worker = new Worker(settings, database);
  const server = makeServer(settings, database, worker);
  server.listen(settings.port, settings.host, () => console.log(`listening on ${settings.host}:${settings.port}`));
  worker.start();
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      worker.stop();
      server.close(() => database.close());
      server.closeIdleConnections();
    });
  }
}

/** How many webhooks are in which state, and what is wrong with those that failed. */
function status(database) {
  return database
    .prepare('SELECT state, count(*) AS webhooks, max(error) AS error FROM inbox GROUP BY state ORDER BY state')
    .all()
    .map((row) => ({ ...row, error: row.error ?? '' }));
}

function print(rows) {
  if (!rows.length) return;
  for (const row of [Object.keys(rows[0]), ...rows.map(Object.values)]) console.log(row.map(cell).join(','));
}

function cell(value) {
  return /[",\n]/.test(value) ? `"${String(value).replaceAll('"', '""')}"` : value;
}

const command = COMMANDS[process.argv[2] ?? 'serve'];
try {
  if (!command) throw new SettingsError('usage: node src/main.js [serve | report | tasks | status]');
  command(readSettings(process.env));
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
