/** A fake `fetch` with the requests it received, and factories for records. */

import "./browser.js";
import { configure } from "../../functions/web/static/data/http.js";

export const ORIGIN = "https://keepreel.test";
export const COGNITO = "https://cognito.test/";

/** Received requests: `{ method, path, headers, body, keepalive }`. */
export const requests = [];
const responses = [];

/**
 * Respond to the next request to a path, a string or RegExp. `response` is a body, `{ status, body, headers }`, an Error to throw
 * as a network error, or a function of the request that returns (a promise of) one of these.
 */
export function respond(path, response, { method = null, times = 1 } = {}) {
  responses.push({ path, response, method, times });
}

/** Forget all requests and responses. */
export function resetApi() {
  requests.length = 0;
  responses.length = 0;
  respond("/config.json", { cognito_url: COGNITO, user_pool_client_id: "client" }, { times: Infinity });
}

/** Authorize all requests as this user. */
export function authorize(token = "token") {
  configure({ origin: ORIGIN, token: async () => token, user: () => "user@example.com" });
}

globalThis.fetch = async (url, init = {}) => {
  const { pathname, search, origin } = new URL(url);
  const path = origin === ORIGIN ? pathname + search : url;
  const body = typeof init.body === "string" ? JSON.parse(init.body) : (init.body ?? null);
  const request = { method: init.method, path, headers: init.headers ?? {}, body, keepalive: init.keepalive ?? false };
  requests.push(request);
  const found = responses.find((it) => it.times > 0 && matches(it, request));
  if (!found) throw unexpected(request);
  found.times -= 1;
  const aborted = new Promise((_, reject) => {
    init.signal?.addEventListener("abort", () => reject(init.signal.reason), { once: true });
  });
  const response = typeof found.response === "function" ? await found.response(request) : found.response;
  return Promise.race([toResponse(response), aborted]);
};

/** `http.js` takes any error for a network error, so print it. */
function unexpected({ method, path }) {
  const error = new Error(`unexpected request: ${method} ${path}`);
  console.error(error.message);
  return error;
}

function matches({ path, method }, request) {
  if (method !== null && method !== request.method) return false;
  return typeof path === "string" ? path === request.path : path.test(request.path);
}

async function toResponse(response) {
  if (response instanceof Error) throw response;
  if (response === "never") return new Promise(() => {});
  const { status, body, headers } = Number.isInteger(response?.status)
    ? response
    : { status: 200, body: response, headers: {} };
  const hasBody = status !== 204 && status !== 304;
  return new Response(hasBody ? JSON.stringify(body ?? {}) : null, { status, headers });
}

export const networkError = () => new TypeError("Failed to fetch");
export const never = "never";

let count = 0;

/** A video's record. Ids are ascending, as the API's are. */
export function video(fields = {}) {
  count += 1;
  const id = fields.id ?? `v${String(count).padStart(6, "0")}`;
  const status = fields.status ?? "completed";
  const path = fields.path ?? "/v1/videos";
  const isFinished = ["completed", "failed", "canceled"].includes(status);
  return {
    id,
    type: "user",
    prompt: "A paper boat",
    final_prompt: "A paper boat",
    model: "kling-2.6",
    status,
    poll_after_seconds: isFinished ? null : 2,
    updated_at: "2026-01-01T00:00:00.000Z",
    error: status === "failed" ? { code: "provider_error", message: "Out of memory." } : null,
    ...fields,
    links: {
      self: `${path}/${id}`,
      delete: `${path}/${id}`,
      ...(status === "failed" && { retry: `${path}/${id}/retry`, remix: `${path}/${id}/remix` }),
      ...fields.links,
    },
  };
}

/** The same video with a later record. */
export const later = (video, fields, seconds = 1) => {
  const isFinished = ["completed", "failed", "canceled"].includes(fields.status ?? video.status);
  const updatedAt = new Date(Date.parse(video.updated_at) + seconds * 1000).toISOString();
  return { ...video, poll_after_seconds: isFinished ? null : 2, updated_at: updatedAt, ...fields };
};

export const page = (videos, cursor = null) => ({ videos, next_cursor: cursor });
