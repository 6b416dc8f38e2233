// The service's public RSA keys.

import { createPublicKey, verify } from 'node:crypto';

const TIMEOUT_MS = 2000;

/** An unknown key id makes us ask at most so often: anybody can send us one. */
export const ASK_AGAIN_MS = 60_000;

/** The keys could not be read; the webhook should be sent again later. */
export class KeysUnavailableError extends Error {}

async function fetchJson(url) {
  const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer.json();
}

/** Keys of a JWKS, read when first needed and when an unknown one is named. */
export class PublicKeys {
  #url;
  #fetch;
  #clock;
  #keys = new Map();
  #askFrom = -Infinity;
  #reading = null;

  constructor(url, { fetch = fetchJson, clock = () => performance.now() } = {}) {
    this.#url = url;
    this.#fetch = fetch;
    this.#clock = clock;
  }

  /** Whether the key of that id signed `message`. Throws `KeysUnavailableError`. */
  async hasSigned(keyId, signature, message) {
    const key = await this.#find(keyId);
    return key !== undefined && verify('sha256', message, key, signature);
  }

  async #find(keyId) {
    if (!this.#keys.has(keyId) && this.#clock() >= this.#askFrom) {
      // Webhooks that come at once share one question.
      this.#reading ??= this.#read().finally(() => (this.#reading = null));
      await this.#reading;
    }
    return this.#keys.get(keyId);
  }

  async #read() {
    try {
      const { keys } = await this.#fetch(this.#url);
      const rsa = keys.filter((key) => key.kty === 'RSA');
      this.#keys = new Map(rsa.map((key) => [key.kid, createPublicKey({ key, format: 'jwk' })]));
    } catch (error) {
      throw new KeysUnavailableError(`${this.#url} cannot be read: ${error.message}`);
    }
    this.#askFrom = this.#clock() + ASK_AGAIN_MS;
  }
}
