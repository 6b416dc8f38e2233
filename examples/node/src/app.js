// The HTTP side: verify, keep, answer.

import { createServer } from 'node:http';

import { add } from './inbox.js';
import { KeysUnavailableError } from './jwks.js';
import { SignatureError, verify } from './signatures.js';

const LARGEST_BODY = 1024 * 1024;
const HOOK = /^\/hooks\/([a-z]+)$/;

/** A webhook is not taken; `status` says why. */
class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** An HTTP server with `/hooks/<vendor>` for each vendor that the settings name. */
export function makeServer(settings, database, worker) {
  return createServer(async (request, response) => {
    const { status, content } = await answer(settings, database, request);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
    if (content.received === 'queued') worker.wake();
  });
}

async function answer(settings, database, request) {
  try {
    if (request.method === 'GET' && request.url === '/healthz') return { status: 200, content: { status: 'ok' } };
    return { status: 200, content: { received: await receive(settings, database, request) } };
  } catch (error) {
    const { status, message } = refusal(error);
    console.warn(`${request.url?.split('?')[0]}: ${error.message}`);
    return { status, content: { detail: message } };
  }
}

/** What became of a webhook. Throws for one that is refused. */
async function receive(settings, database, request) {
  const name = HOOK.exec(request.url.split('?')[0])?.[1];
  const source = settings.sources.get(name);
  if (!source) throw new Refusal(404, 'No such vendor is listened to.');
  if (request.method !== 'POST') throw new Refusal(405, 'Webhooks are POSTed.');
  const body = await read(request);
  const now = Date.now() / 1000;
  const id = await verify(source, request.headers, body, now);
  if (request.headers['parcelhook-test'] === 'true') return 'test';
  const webhook = { id, source: name, sequence: sequence(request.headers, now), body };
  return add(database, webhook, now) ? 'queued' : 'duplicate';
}

/** What tells older from newer. The time of arrival is the next best, and of the same unit. */
function sequence(headers, now) {
  const given = Number(headers['parcelhook-sequence']);
  return Number.isSafeInteger(given) && given >= 0 ? given : Math.trunc(now * 1_000_000);
}

async function read(request) {
  const parts = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    // The rest is read and dropped: a sender who is cut off sees no answer.
    if (size <= LARGEST_BODY) parts.push(part);
  }
  if (size > LARGEST_BODY) throw new Refusal(413, 'A webhook has at most 1 MiB.');
  return Buffer.concat(parts);
}

function refusal(error) {
  if (error instanceof Refusal) return error;
  if (error instanceof SignatureError) return { status: 401, message: `Refused: ${error.message}.` };
  if (error instanceof KeysUnavailableError) return { status: 503, message: 'Try again later.' };
  return { status: 500, message: 'Try again later.' };
}
