// What the listener is told by its environment.

import { PublicKeys } from './jwks.js';
import { basicAuth, hmacHeader, shipengineRsa } from './signatures.js';

/** The environment lacks something; the message says what. */
export class SettingsError extends Error {}

/** The settings in `environment`, as the README lists them. Throws `SettingsError`. */
export function readSettings(environment) {
  return {
    data: environment.LISTENER_DATA ?? 'data',
    shipments: environment.SHIPMENTS ?? '../shipments.csv',
    host: environment.HOST ?? '127.0.0.1',
    port: Number(environment.PORT ?? 3000),
    sources: readSources(environment),
  };
}

function readSources(environment) {
  const sources = new Map();
  const shipengine = list(environment.SHIPENGINE_SECRET);
  if (shipengine.length) {
    const keys = new PublicKeys(needed(environment, 'SHIPENGINE_JWKS_URL'));
    sources.set('shipengine', { secrets: shipengine, checkVendor: shipengineRsa(keys) });
  }
  const shippo = list(environment.SHIPPO_SECRET);
  if (shippo.length) {
    sources.set('shippo', { secrets: shippo, checkVendor: hmacHeader('shippo-auth-signature', shippo) });
  }
  const ehub = list(environment.EHUB_SECRET);
  if (ehub.length) {
    sources.set('ehub', { secrets: ehub, checkVendor: ehubCheck(environment, ehub) });
  }
  return sources;
}

function ehubCheck(environment, secrets) {
  if (environment.EHUB_USERNAME) return basicAuth(environment.EHUB_USERNAME, needed(environment, 'EHUB_PASSWORD'));
  const supplied = list(environment.EHUB_HMAC_SECRET);
  return hmacHeader('x-ehub-signature', supplied.length ? supplied : secrets);
}

/** Several subscriptions of one vendor have several secrets, separated by commas. */
function list(text = '') {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
}

function needed(environment, name) {
  if (!environment[name]) throw new SettingsError(`Set ${name}.`);
  return environment[name];
}
