/** Keepreel's API, and Cognito's: the only module that fetches. Every answer is the API's own JSON (see /docs). */

const SLOWEST_MS = 30_000;
const SLOWEST_UPLOAD_MS = 10 * 60_000; // a large picture over a thin line
const AGAIN_AFTER_MS = [600, 2000];
const PASSING = [502, 503, 504];
const DOTS = /\/\.\.?(?=[/?]|$)/; // fetch would resolve them, and ask for something else
const SIGNED_OUT = "Your sign-in has ended. Sign in again.";

let origin = new URL(import.meta.url).origin;
let accessToken = async () => null;
let person = () => null;

/**
 * For pages that are not ours: `origin` of the API, and `token`, a function that gives (a promise of) a bearer token.
 * By default the origin is where this module came from, and the token that of `session.js`, once that is loaded; it says
 * by `person` whose that is, too.
 */
export function configure(options) {
  origin = options.origin ?? origin;
  accessToken = options.token ?? accessToken;
  person = options.person ?? person;
}

/** A refusal in words for a person. `code` is stable; `errors` name fields by pointer; `status` is 0 without an answer. */
export class Problem extends Error {
  constructor({ status, code, detail, errors = [] }) {
    super(detail);
    Object.assign(this, { name: "Problem", status, code, errors });
  }

  /** What is wrong with one field of the body, or null. */
  of(field) {
    return this.errors.find((it) => it.pointer === `/${field}` || it.pointer.startsWith(`/${field}/`))?.detail ?? null;
  }
}

export const isAborted = (error) => error.name === "AbortError";

// What can be asked for.
export const config = once(() => get("/config.json", { isPublic: true }));
export const models = once(async () => (await get("/v1/models")).models);
export const templates = once(async () => (await get("/v1/templates")).templates);

/** Where an owner's videos are: a community's, or the signed-in person's own. */
export const folder = (communityId) =>
  communityId ? `/v1/communities/${encodeURIComponent(communityId)}/videos` : "/v1/videos";

// Videos. What may be done with one is in its `links`; what it has no link for would be refused.
export const videos = (folder, query = {}, signal) => get(`${folder}?${parameters(query)}`, { signal });
/** `path` is a folder, or what a video's `links.remix` says. */
export const price = (path, request, signal) => post(path, { ...request, dry_run: true }, { signal });
/** `key` makes it safe to send the same request again: with the same one, nothing is made twice. */
export const create = (path, request, key) => post(path, request, { key });
export const retry = (video, key) => post(video.links.retry, undefined, { key });
export const cancel = (video) => post(video.links.cancel);
/** `isLeaving` for a page that is about to go: the request goes on without it. */
export const remove = (video, { isLeaving = false } = {}) => answer("DELETE", video.links.delete, { isLeaving });
export const share = (video, options = {}) => post(video.links.share, options);
export const unshare = (video) => answer("DELETE", video.links.share);
/** A link, good for a quarter of an hour, that saves the video (or its `thumbnail`) under a name. */
export const fileUrl = async (video, variant = "video") =>
  (await get(`${video.links.download}?variant=${variant}&redirect=false`)).url;

/** One video by its `links.self`, with its tag; null for the video where it is still what `etag` stands for. */
export async function video(path, { etag, signal } = {}) {
  const response = await answer("GET", path, { headers: etag ? { "If-None-Match": etag } : {}, signal });
  return { video: response.status === 304 ? null : await response.json(), etag: response.headers.get("ETag") };
}

/** Puts an image (a Blob, JPEG, PNG or WebP) where a video can be made of it; gives its name. */
export async function upload(image, signal) {
  const { upload: form, source_image: name } = await post("/v1/uploads", { content_type: image.type }, { signal });
  const body = new FormData();
  for (const [field, value] of Object.entries(form.fields)) body.append(field, value);
  body.append("file", image);
  const posted = await send(form.url, { method: "POST", body, signal, slowest: SLOWEST_UPLOAD_MS });
  if (!posted.ok)
    throw new Problem({
      status: posted.status,
      code: "upload_failed",
      detail: "The image could not be stored. Try again.",
    });
  return name;
}

// Communities.
export const communities = (query = {}, signal) => get(`/v1/communities?${parameters(query)}`, { signal });
export const community = (id, signal) => get(`/v1/communities/${encodeURIComponent(id)}`, { signal });
export const putCommunity = (id, fields) =>
  json(answer("PUT", `/v1/communities/${encodeURIComponent(id)}`, { body: fields }));
export const prompt = (community, query, signal) => get(`${community.links.prompt}?${parameters(query)}`, { signal });

/** One of Cognito's public operations. Its errors become a Problem with Cognito's name as `code`. */
export async function cognito(operation, request) {
  const { cognito_url: url } = await config();
  const headers = {
    "Content-Type": "application/x-amz-json-1.1",
    "X-Amz-Target": `AWSCognitoIdentityProviderService.${operation}`,
  };
  const response = await send(url, { method: "POST", headers, body: JSON.stringify(request) });
  const said = await response.json().catch(() => ({}));
  if (response.ok) return said;
  throw new Problem({
    status: response.status,
    code: (said.__type ?? "Unknown").split("#").pop(),
    detail: said.message ?? "Signing in does not work right now.",
  });
}

async function get(path, options = {}) {
  return json(answer("GET", path, options));
}
async function post(path, body, options = {}) {
  return json(answer("POST", path, { ...options, body }));
}
async function json(response) {
  return (await response).json();
}

/** The response, once it is a good one (or 304). What may be repeated without harm is, twice, where the line fails. */
async function answer(method, path, { body, key, headers = {}, signal, isPublic = false, isLeaving = false } = {}) {
  if (DOTS.test(path)) throw new Problem({ status: 404, code: "not_found", detail: "There is no such community." });
  const asking = person();
  const request = {
    method,
    signal,
    keepalive: isLeaving,
    cache: "no-store",
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
      const authorized = isPublic ? {} : await authorization(asking, { isLeaving });
      const response = await send(origin + path, { ...request, headers: { ...request.headers, ...authorized } });
      if (response.ok || response.status === 304) return response;
      throw await problem(response);
    } catch (error) {
      const isPassing = error.status === 0 || PASSING.includes(error.status);
      if (!isPassing || !isRepeatable || attempt >= AGAIN_AFTER_MS.length) throw error;
      await pause(AGAIN_AFTER_MS[attempt], signal);
    }
  }
}

/** For each attempt anew, since a token ends; but never that of who came after the person who has asked. */
async function authorization(asking, options) {
  const token = person() === asking ? await accessToken(options) : null;
  if (!token) throw new Problem({ status: 401, code: "signed_out", detail: SIGNED_OUT });
  return { Authorization: `Bearer ${token}` };
}

async function send(url, { signal, slowest = SLOWEST_MS, ...request }) {
  const limits = [AbortSignal.timeout(slowest), ...(signal ? [signal] : [])];
  try {
    return await fetch(url, { ...request, signal: AbortSignal.any(limits) });
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    const detail =
      error.name === "TimeoutError"
        ? "No answer came in time. Try again."
        : "There is no connection right now. Try again when you are online.";
    throw new Problem({ status: 0, code: "no_answer", detail });
  }
}

async function problem(response) {
  const said = await response.json().catch(() => ({}));
  const detail =
    said.detail ??
    {
      401: SIGNED_OUT,
      413: "That is too much at once.",
      429: "Too many requests at once. Wait a moment and try again.",
    }[response.status] ??
    "Something on our side did not work. Try again.";
  return new Problem({ ...said, status: response.status, code: said.code ?? `http_${response.status}`, detail });
}

/** Resolves after a time; rejects with the signal's reason as soon as it is aborted. */
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

/** Asks once for what does not change while the page is open; a failure is not kept. */
function once(ask) {
  let asked = null;
  return () =>
    (asked ??= ask().catch((error) => {
      asked = null;
      throw error;
    }));
}

function parameters(query) {
  return new URLSearchParams(Object.entries(query).filter(([, value]) => value != null && value !== ""));
}
