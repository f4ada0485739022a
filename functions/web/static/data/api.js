/** Client of Keepreel's API and of Cognito. Responses are the API's JSON, as documented at /docs. */

import { Problem, request, send, UPLOAD_TIMEOUT_MS } from "./http.js";

export { configure, isAborted, Problem, pause } from "./http.js";

// Static data, fetched once per page load. The models are fetched again after a refusal that one is not available.
export const config = once(() => get("/config.json", { isPublic: true }));
export const models = once(async () => (await get("/v1/models")).models);
export const templates = once(async () => (await get("/v1/templates")).templates);

/** Return the path of an owner's videos: those of a community, or those of the signed-in user. */
export const videosPath = (communityId) =>
  communityId ? `/v1/communities/${encodeURIComponent(communityId)}/videos` : "/v1/videos";

// Videos. A video's `links` list the allowed actions; the API refuses all others.
export const videos = (folder, query = {}, signal) => get(`${folder}?${queryString(query)}`, { signal });
/** Dry run: return the cost and the remaining limits. `path` is an owner's videos path, or a video's `links.remix`. */
export const price = (path, request, signal) => post(path, { ...request, dry_run: true }, { signal });
/** Create videos. `key` is the idempotency key: the same request with the same key creates nothing twice. */
export const create = (path, request, key) => post(path, request, { key });
export const retry = (video, key) => post(video.links.retry, undefined, { key });
export const cancel = (video) => post(video.links.cancel);
/** Delete a video. With `isLeaving`, the request outlives a page that is being closed. */
export const remove = (video, { isLeaving = false } = {}) => request("DELETE", video.links.delete, { isLeaving });
export const share = (video, options = {}) => post(video.links.share, options);
export const unshare = (video) => request("DELETE", video.links.share);
/** Return the content credential of a completed video, as the C2PA reader reported it. */
export const credentials = (video, signal) => get(`${video.links.self}/credentials`, { signal });
/** Return a download URL of the video or its `thumbnail`, which is valid for 15 minutes. */
export const fileUrl = async (video, variant = "video") =>
  (await get(`${video.links.download}?variant=${variant}&redirect=false`)).url;

/**
 * Fetch one video by its `links.self`. `video` is null if it has not changed since `etag`.
 *
 * @param {string} path
 * @param {{ etag?: string | null, signal?: AbortSignal }} [options]
 * @returns {Promise<{ video: Video | null, etag: string | null }>}
 */
export async function video(path, { etag, signal } = {}) {
  const response = await request("GET", path, { headers: etag ? { "If-None-Match": etag } : {}, signal });
  return { video: response.status === 304 ? null : await response.json(), etag: response.headers.get("ETag") };
}

/**
 * Upload a JPEG, PNG or WebP image, and return the name to use as `source_image`.
 *
 * @param {Blob} image
 * @param {AbortSignal} [signal]
 * @returns {Promise<string>}
 */
export async function upload(image, signal) {
  const { upload: form, source_image: name } = await post("/v1/uploads", { content_type: image.type }, { signal });
  const body = new FormData();
  for (const [field, value] of Object.entries(form.fields)) body.append(field, value);
  body.append("file", image);
  const posted = await send(form.url, { method: "POST", body, signal, timeout: UPLOAD_TIMEOUT_MS });
  if (!posted.ok)
    throw new Problem({
      status: posted.status,
      code: "upload_failed",
      detail: "The image could not be uploaded. Try again.",
    });
  return name;
}

// Communities.
export const communities = (query = {}, signal) => get(`/v1/communities?${queryString(query)}`, { signal });
export const community = (id, signal) => get(`/v1/communities/${encodeURIComponent(id)}`, { signal });
export const putCommunity = (id, fields) =>
  json(request("PUT", `/v1/communities/${encodeURIComponent(id)}`, { body: fields }));
export const prompt = (community, query, signal) => get(`${community.links.prompt}?${queryString(query)}`, { signal });

/** Call a public operation of Cognito. Throw a Problem with Cognito's error name as `code`. */
export async function cognito(operation, request) {
  const { cognito_url: url } = await config();
  const headers = {
    "Content-Type": "application/x-amz-json-1.1",
    "X-Amz-Target": `AWSCognitoIdentityProviderService.${operation}`,
  };
  const response = await send(url, { method: "POST", headers, body: JSON.stringify(request) });
  const body = await response.json().catch(() => ({}));
  if (response.ok) return body;
  throw new Problem({
    status: response.status,
    code: (body.__type ?? "Unknown").split("#").pop(),
    detail: body.message ?? "Signing in is not possible right now. Try again later.",
  });
}

async function get(path, options = {}) {
  return json(request("GET", path, options));
}
async function post(path, body, options = {}) {
  return json(request("POST", path, { ...options, body }));
}
async function json(response) {
  return (await response).json();
}

/** Cache the result of an async function until `forget()`. A failure is not cached. */
function once(load) {
  let cached = null;
  const forget = () => {
    cached = null;
  };
  const cachedLoad = () =>
    (cached ??= load().catch((error) => {
      forget();
      throw error;
    }));
  return Object.assign(cachedLoad, { forget });
}

function queryString(query) {
  return new URLSearchParams(Object.entries(query).filter(([, value]) => value != null && value !== ""));
}
