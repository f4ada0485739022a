/** Send requests to the API: authorization, timeouts, retries, and errors as `Problem`. No other module calls `fetch`. */

const TIMEOUT_MS = 30_000;
export const UPLOAD_TIMEOUT_MS = 10 * 60_000; // a large image over a slow connection
const RETRY_DELAYS_MS = [600, 2000];
const TRANSIENT_STATUSES = [502, 503, 504];
const PAUSED = "paused"; // by the operator, for longer than a retry waits
const DOT_SEGMENT = /\/\.\.?(?=[/?]|$)/; // fetch would resolve it and request another path
const SESSION_EXPIRED = "Your session has expired. Sign in again.";

/** @typedef {{ pointer: string, detail: string }} FieldError */

let origin = new URL(import.meta.url).origin;
/** @type {(options?: { isLeaving?: boolean }) => Promise<string | null>} */
let accessToken = async () => null;
/** @type {() => string | null} */
let currentUser = () => null;

/**
 * Set the API's origin and where bearer tokens come from. The default origin is the one that served this module; the default
 * token is that of `session.js`, which also sets `user`, so that a token is never used for another user's request.
 *
 * @param {{ origin?: string, token?: typeof accessToken, user?: typeof currentUser }} options
 */
export function configure(options) {
  origin = options.origin ?? origin;
  accessToken = options.token ?? accessToken;
  currentUser = options.user ?? currentUser;
}

/** An API error with a message for the user. `code` is stable; `errors` name fields by JSON pointer; `status` is 0 without a response. */
export class Problem extends Error {
  /**
   * `successor` is the model to use instead of one that is not offered any more.
   *
   * @param {{ status: number, code: string, detail: string, errors?: FieldError[], successor?: string | null }} problem
   */
  constructor({ status, code, detail, errors = [], successor = null }) {
    super(detail);
    this.name = "Problem";
    this.status = status;
    this.code = code;
    this.errors = errors;
    this.successor = successor;
  }

  /** Return the message about one field of the request body, or null. */
  of(field) {
    return this.errors.find((it) => it.pointer === `/${field}` || it.pointer.startsWith(`/${field}/`))?.detail ?? null;
  }
}

export const isAborted = (error) => error.name === "AbortError";

/**
 * Send a request, and return the response if it is a success or a 304. Requests that are safe to repeat are retried twice
 * after a network error or a transient status.
 *
 * @param {string} method
 * @param {string} path
 * @param {{ body?: any, key?: string, headers?: object, signal?: AbortSignal, isPublic?: boolean, isLeaving?: boolean }} [options]
 */
export async function request(
  method,
  path,
  { body, key, headers = {}, signal, isPublic = false, isLeaving = false } = {},
) {
  if (DOT_SEGMENT.test(path))
    throw new Problem({ status: 404, code: "not_found", detail: "There is no such community." });
  const user = currentUser();
  const init = {
    method,
    signal,
    keepalive: isLeaving,
    cache: /** @type {const} */ ("no-store"),
    headers: {
      ...headers,
      ...(key && { "Idempotency-Key": key }),
      ...(body !== undefined && { "Content-Type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
  const isRepeatable = method !== "POST" || key !== undefined || body?.dry_run === true;
  for (let attempt = 0; ; attempt += 1) {
    try {
      const authorized = isPublic ? {} : await authorization(user, { isLeaving });
      const response = await send(origin + path, { ...init, headers: { ...init.headers, ...authorized } });
      if (response.ok || response.status === 304) return response;
      throw await problemOf(response);
    } catch (error) {
      const isTransient = error.status === 0 || (TRANSIENT_STATUSES.includes(error.status) && error.code !== PAUSED);
      if (!isTransient || !isRepeatable || attempt >= RETRY_DELAYS_MS.length) throw error;
      await pause(RETRY_DELAYS_MS[attempt], signal);
    }
  }
}

/** Called for each attempt, because a token may expire meanwhile. Never uses the token of a user who signed in later. */
async function authorization(user, options) {
  const token = currentUser() === user ? await accessToken(options) : null;
  if (!token) throw new Problem({ status: 401, code: "signed_out", detail: SESSION_EXPIRED });
  return { Authorization: `Bearer ${token}` };
}

/**
 * @param {string} url
 * @param {RequestInit & { timeout?: number }} options
 */
export async function send(url, { signal, timeout = TIMEOUT_MS, ...request }) {
  const limits = [AbortSignal.timeout(timeout), ...(signal ? [signal] : [])];
  try {
    return await fetch(url, { ...request, signal: AbortSignal.any(limits) });
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    const detail =
      error.name === "TimeoutError"
        ? "The server did not respond in time. Try again."
        : "No internet connection. Try again when you are online.";
    throw new Problem({ status: 0, code: "no_answer", detail });
  }
}

async function problemOf(response) {
  const body = await response.json().catch(() => ({}));
  const detail =
    body.detail ??
    {
      401: SESSION_EXPIRED,
      413: "The request is too large.",
      429: "Too many requests. Wait a moment and try again.",
    }[response.status] ??
    "Something went wrong on our side. Try again.";
  return new Problem({ ...body, status: response.status, code: body.code ?? `http_${response.status}`, detail });
}

/**
 * Resolve after a delay; reject with the signal's reason as soon as it is aborted.
 *
 * @param {number} milliseconds
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
export function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const end = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", end);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", end, { once: true });
  });
}
