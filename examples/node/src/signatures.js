// Whether a webhook is from the service that it says it is from.
//
// Two checks, and both must pass. The vendor's signature covers time and body. That of Standard Webhooks covers the id
// too, which makes it safe to recognise duplicates by the id.

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** How far a signature's time may be from ours. */
export const TOLERANCE_SECONDS = 300;

/** A webhook is not signed as it should be, or was signed too long ago. */
export class SignatureError extends Error {}

/** The webhook's id, which is the same each time it is sent. `now` is in seconds since 1970. Throws `SignatureError`. */
export async function verify(source, headers, body, now) {
  const id = verifyStandard(source.secrets, headers, body, now);
  await source.checkVendor(headers, body, now);
  return id;
}

/** Checks the signature of Standard Webhooks and returns the webhook's id. Throws `SignatureError`. */
export function verifyStandard(secrets, headers, body, now) {
  const id = header(headers, 'webhook-id');
  const timestamp = header(headers, 'webhook-timestamp');
  checkTime(timestamp, now);
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`, 'latin1'), body]);
  const expected = secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    return createHmac('sha256', key).update(signed).digest('base64');
  });
  const given = header(headers, 'webhook-signature').split(' ');
  checkAny(
    given.map((part) => part.replace(/^v1,/, '')),
    expected,
  );
  return id;
}

/** Shippo's and eHub's: `t=<unix time>,v1=<hex HMAC-SHA256 of "<t>.<body>">`, keyed with the secret's whole text. */
export function hmacHeader(name, secrets) {
  return (headers, body, now) => {
    const parts = header(headers, name)
      .split(',')
      .map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]);
    const timestamp = parts.find(([key]) => key === 't')?.[1] ?? '';
    checkTime(timestamp, now);
    const expected = secrets.map((secret) =>
      createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex'),
    );
    // While a secret is replaced there are two.
    const given = parts.filter(([key]) => key === 'v1').map(([, value]) => value);
    checkAny(given, expected);
  };
}

/** ShipEngine's: RSA over `<timestamp>.<body>`, with the key of that id from the service's `/jwks`. */
export function shipengineRsa(keys) {
  return async (headers, body, now) => {
    const timestamp = header(headers, 'x-shipengine-timestamp');
    checkSkew(Date.parse(timestamp) / 1000, now);
    const signature = Buffer.from(header(headers, 'x-shipengine-rsa-sha256-signature'), 'base64');
    const keyId = header(headers, 'x-shipengine-rsa-sha256-key-id');
    const message = Buffer.concat([Buffer.from(`${timestamp}.`, 'latin1'), body]);
    if (!(await keys.hasSigned(keyId, signature, message))) {
      throw new SignatureError('the RSA signature does not fit');
    }
  };
}

/** eHub's `http_basic`: user name and password in the header `Authorization`. */
export function basicAuth(username, password) {
  const expected = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  return (headers) => checkAny([header(headers, 'authorization')], [expected]);
}

function header(headers, name) {
  if (!headers[name]) throw new SignatureError(`the header ${name} is missing`);
  return headers[name];
}

function checkTime(timestamp, now) {
  if (!/^[0-9]{1,12}$/.test(timestamp)) throw new SignatureError("the signature's time cannot be read");
  checkSkew(Number(timestamp), now);
}

function checkSkew(moment, now) {
  // Written so that a moment that is no number is refused, too.
  if (!(Math.abs(moment - now) <= TOLERANCE_SECONDS)) {
    throw new SignatureError("the signature is too old, or this machine's clock is wrong");
  }
}

/** Compares each in a time that does not tell how much of it was right. */
function checkAny(given, expected) {
  if (!given.some((one) => expected.some((other) => timingSafeEqual(digest(one), digest(other))))) {
    throw new SignatureError('the signature does not fit');
  }
}

/** Of one length, as `timingSafeEqual` asks for. */
function digest(text) {
  return createHash('sha256').update(text).digest();
}
