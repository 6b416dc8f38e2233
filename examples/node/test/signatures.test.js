// What is signed rightly is accepted, and nothing else. Against a running service, see tests/e2e/test_listeners.py.

import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { test } from 'node:test';

import { ASK_AGAIN_MS, KeysUnavailableError, PublicKeys } from '../src/jwks.js';
import {
  SignatureError,
  TOLERANCE_SECONDS,
  basicAuth,
  hmacHeader,
  shipengineRsa,
  verify,
  verifyStandard,
} from '../src/signatures.js';

// The vector that Standard Webhooks' own libraries are tested with.
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const VECTOR = {
  'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  'webhook-timestamp': '1614265330',
  'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};
const BODY = Buffer.from('{"test": 2432232314}');
const NOW = 1614265330;

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const JWKS = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one' }] };

function shippoSignature(secret = SECRET, body = BODY, now = NOW) {
  return `t=${now},v1=${createHmac('sha256', secret).update(`${now}.`).update(body).digest('hex')}`;
}

function rsaHeaders(key = privateKey) {
  const timestamp = new Date(NOW * 1000).toISOString();
  return {
    'x-shipengine-rsa-sha256-key-id': 'one',
    'x-shipengine-rsa-sha256-signature': sign('sha256', Buffer.from(`${timestamp}.${BODY}`), key).toString('base64'),
    'x-shipengine-timestamp': timestamp,
  };
}

const refused = (work) => assert.rejects(async () => work(), SignatureError);

test('the published vector of Standard Webhooks is accepted', () => {
  assert.equal(verifyStandard([SECRET], VECTOR, BODY, NOW), VECTOR['webhook-id']);
});

test('any of several secrets and any of several signatures may fit', () => {
  const several = { ...VECTOR, 'webhook-signature': `v1,AAAA ${VECTOR['webhook-signature']}` };
  assert.equal(verifyStandard(['whsec_AAAA', SECRET], several, BODY, NOW), VECTOR['webhook-id']);
});

for (const name of Object.keys(VECTOR)) {
  test(`a ${name} that is changed or missing is refused`, async () => {
    await refused(() => verifyStandard([SECRET], { ...VECTOR, [name]: `${VECTOR[name]}0` }, BODY, NOW));
    await refused(() => verifyStandard([SECRET], { ...VECTOR, [name]: undefined }, BODY, NOW));
  });
}

test('another body or secret is refused', async () => {
  await refused(() => verifyStandard([SECRET], VECTOR, Buffer.from('{}'), NOW));
  await refused(() => verifyStandard(['whsec_AAAA'], VECTOR, BODY, NOW));
});

test('a signature is good for five minutes, before and after', async () => {
  for (const late of [TOLERANCE_SECONDS, -TOLERANCE_SECONDS]) {
    assert.ok(verifyStandard([SECRET], VECTOR, BODY, NOW + late));
    await refused(() => verifyStandard([SECRET], VECTOR, BODY, NOW + late + Math.sign(late)));
  }
});

test("the vendor's signature must fit too", async () => {
  const source = { secrets: [SECRET], checkVendor: hmacHeader('shippo-auth-signature', [SECRET]) };
  const headers = { ...VECTOR, 'shippo-auth-signature': shippoSignature() };
  assert.equal(await verify(source, headers, BODY, NOW), VECTOR['webhook-id']);
  for (const wrong of [undefined, '', 'v1=00', shippoSignature('another'), shippoSignature(SECRET, BODY, NOW - 301)]) {
    await refused(() => verify(source, { ...headers, 'shippo-auth-signature': wrong }, BODY, NOW));
  }
});

test('an RSA signature is checked with the published key', async () => {
  const check = shipengineRsa(new PublicKeys('jwks', { fetch: async () => JWKS }));
  await check(rsaHeaders(), BODY, NOW);
  await refused(() => check(rsaHeaders(), Buffer.from('{}'), NOW));
  await refused(() => check(rsaHeaders(), BODY, NOW + 301));
  await refused(() => check({ ...rsaHeaders(), 'x-shipengine-timestamp': 'soon' }, BODY, NOW));
  await refused(() => check(rsaHeaders(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey), BODY, NOW));
});

test('unknown key ids make the keys be read once a minute', async () => {
  let moment = 0;
  let fetched = 0;
  const fetch = async () => (fetched++, JWKS);
  const keys = new PublicKeys('jwks', { fetch, clock: () => moment });
  for (let turn = 0; turn < 3; turn++) assert.equal(await keys.hasSigned('unknown', BODY, BODY), false);
  assert.equal(fetched, 1);
  moment = ASK_AGAIN_MS;
  await keys.hasSigned('unknown', BODY, BODY);
  assert.equal(fetched, 2);
});

test('keys that cannot be read are no bad signature', async () => {
  const keys = new PublicKeys('jwks', { fetch: async () => Promise.reject(new Error('no route')) });
  await assert.rejects(shipengineRsa(keys)(rsaHeaders(), BODY, NOW), KeysUnavailableError);
});

test('credentials are compared whole', async () => {
  const check = basicAuth('shop', 'pässword');
  const right = `Basic ${Buffer.from('shop:pässword').toString('base64')}`;
  check({ authorization: right });
  for (const wrong of [`${right}=`, 'Basic c2hvcDo=', undefined]) await refused(() => check({ authorization: wrong }));
});
