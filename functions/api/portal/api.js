/** Calls of the API. What is refused becomes a `Refusal`, which says what was wrong and where. */

import { session } from "./session.js";

/** An answer that is no success, or no answer (status 0). */
export class Refusal extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.title ?? `The service answered ${status}.`);
    this.status = status;
    this.problem = problem;
    /** What is wrong, each with the JSON pointer of where. */
    this.errors = problem.errors ?? [];
    this.requestId = problem.request_id ?? null;
  }
}

/** Calls as whoever is signed in. Raises `Refusal`. A key that is not accepted ends the session. */
export async function call(method, path, { body, query, signal, key = session.key } = {}) {
  const answer = await sent(method, path + queryText(query), body, signal, key);
  const content = await read(answer);
  if (answer.ok) return content;
  const refusal = new Refusal(answer.status, content ?? {});
  if (answer.status === 401 && key === session.key) {
    window.dispatchEvent(new CustomEvent("signed-out", { detail: "The key is not accepted any more. Sign in again." }));
  }
  throw refusal;
}

export const get = (path, options) => call("GET", path, options);
export const post = (path, body, options) => call("POST", path, { ...options, body });
export const patch = (path, body, options) => call("PATCH", path, { ...options, body });
export const remove = (path, options) => call("DELETE", path, options);

/** A part of a path, whatever is in it. */
export const part = encodeURIComponent;

async function sent(method, path, body, signal, key) {
  const headers = { Accept: "application/json" };
  if (key) headers["API-Key"] = key;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const content = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
  try {
    return await fetch(path, { method, headers, body: content, signal, cache: "no-store", credentials: "omit" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal(0, { detail: "The service cannot be reached. Look at your connection, and try again." });
  }
}

async function read(answer) {
  const text = await answer.text();
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return { detail: `The service answered ${answer.status}, and nothing that can be read.` };
  }
}

function queryText(query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return given.length ? `?${new URLSearchParams(given)}` : "";
}
