import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { settle } from "./browser.js";
import { respond, authorize, networkError, never, ORIGIN, requests, resetApi } from "./fake-api.js";
import * as api from "../../functions/web/static/data/api.js";
import { configure, pause } from "../../functions/web/static/data/http.js";

const unavailable = { status: 503 };

beforeEach(() => {
  resetApi();
  authorize();
  mock.timers.enable({ apis: ["setTimeout"] });
});
afterEach(() => mock.timers.reset());

async function passRetries() {
  for (const delay of [600, 2000]) {
    await settle();
    mock.timers.tick(delay);
  }
}

test("a GET request is repeated twice after a network error or a transient status", async () => {
  respond("/v1/videos", networkError());
  respond("/v1/videos", unavailable);
  respond("/v1/videos", { videos: [], next_cursor: null });

  const page = api.videos("/v1/videos");
  await passRetries();

  assert.deepEqual(await page, { videos: [], next_cursor: null });
  assert.equal(requests.length, 3);
});

test("after the third failure the last error is thrown", async () => {
  respond("/v1/videos", unavailable, { times: Infinity });

  const error = api.videos("/v1/videos").catch((it) => it);
  await passRetries();

  assert.equal((await error).status, 503);
  assert.equal((await error).message, "Something went wrong on our side. Try again.");
  assert.equal(requests.length, 3);
});

test("a create request is repeated with the same idempotency key", async () => {
  respond("/v1/videos", networkError());
  respond("/v1/videos", { videos: [] });

  const created = api.create("/v1/videos", { prompt: "A boat" }, "key-1");
  await settle();
  mock.timers.tick(600);
  await created;

  assert.deepEqual(
    requests.map((it) => it.headers["Idempotency-Key"]),
    ["key-1", "key-1"],
  );
});

test("a create request to a paused site is not repeated, and its message is the API's", async () => {
  const detail = "This site is not creating new videos at the moment.";
  respond("/v1/videos", { status: 503, body: { code: "paused", detail } });

  const error = await api.create("/v1/videos", { prompt: "A boat" }, "key-1").catch((it) => it);

  assert.deepEqual([error.status, error.code, error.message], [503, "paused", detail]);
  assert.equal(requests.length, 1);
});

test("a POST request without a key is never repeated, except for a dry run", async () => {
  respond("/v1/videos/1/cancel", networkError());
  respond("/v1/videos", networkError());
  respond("/v1/videos", { cost: {} });

  await assert.rejects(api.cancel({ links: { cancel: "/v1/videos/1/cancel" } }));
  assert.equal(requests.length, 1);
  const price = api.price("/v1/videos", { prompt: "A boat" });
  await settle();
  mock.timers.tick(600);
  await price;

  assert.equal(requests.length, 3);
  assert.deepEqual(requests[2].body, { prompt: "A boat", dry_run: true });
});

test("a refusal is not repeated, and its message and fields are those of the API", async () => {
  const errors = [{ pointer: "/variables/place", detail: "Too long." }];
  respond("/v1/videos", { status: 400, body: { code: "invalid", detail: "Invalid request.", errors } });

  const error = await api.create("/v1/videos", {}, "key").catch((it) => it);

  assert.ok(error instanceof api.Problem);
  assert.deepEqual([error.status, error.code, error.message], [400, "invalid", "Invalid request."]);
  assert.equal(error.of("variables"), "Too long.");
  assert.equal(error.of("variable"), null);
  assert.equal(requests.length, 1);
});

for (const [status, message] of [
  [401, "Your session has expired. Sign in again."],
  [413, "The request is too large."],
  [429, "Too many requests. Wait a moment and try again."],
  [500, "Something went wrong on our side. Try again."],
])
  test(`a gateway's ${status} gets a message for the user`, async () => {
    respond("/v1/videos", { status, body: { message: "No" } });

    const error = await api.create("/v1/videos", {}, "key").catch((it) => it);

    assert.deepEqual([error.message, error.code], [message, `http_${status}`]);
  });

test("a path with a dot segment is not requested, because fetch would resolve it", async () => {
  for (const id of [".", ".."]) {
    const error = await api.community(id).catch((it) => it);

    assert.deepEqual([error.status, error.message], [404, "There is no such community."]);
  }
  assert.equal(requests.length, 0);
});

test("without a token nothing is sent", async () => {
  configure({ token: async () => null });

  const error = await api.videos("/v1/videos").catch((it) => it);

  assert.deepEqual([error.status, error.code], [401, "signed_out"]);
  assert.equal(requests.length, 0);
});

test("a repeated request never uses the token of a user who signed in meanwhile", async () => {
  let user = "first@example.com";
  configure({ token: async () => `token of ${user}`, user: () => user });
  respond("/v1/videos", unavailable, { times: Infinity });

  const error = api.videos("/v1/videos").catch((it) => it);
  await settle();
  user = "second@example.com";
  mock.timers.tick(600);

  assert.equal((await error).code, "signed_out");
  assert.deepEqual(
    requests.map((it) => it.headers.Authorization),
    ["Bearer token of first@example.com"],
  );
});

test("an unchanged video is null, and its ETag is sent again", async () => {
  respond("/v1/videos/1", { status: 304, headers: { ETag: '"2"' } });

  const found = await api.video("/v1/videos/1", { etag: '"1"' });

  assert.deepEqual(found, { video: null, etag: '"2"' });
  assert.equal(requests[0].headers["If-None-Match"], '"1"');
});

test("a deletion of a page that is closing outlives it", async () => {
  respond("/v1/videos/1", { status: 204 }, { times: 2 });

  await api.remove({ links: { delete: "/v1/videos/1" } }, { isLeaving: true });
  await api.remove({ links: { delete: "/v1/videos/1" } });

  assert.deepEqual(
    requests.map((it) => it.keepalive),
    [true, false],
  );
});

test("an aborted request throws the signal's reason and is not repeated", async () => {
  respond("/v1/videos", never);
  const aborter = new AbortController();

  const error = api.videos("/v1/videos", {}, aborter.signal).catch((it) => it);
  await settle();
  aborter.abort();

  assert.ok(api.isAborted(await error));
  assert.equal(requests.length, 1);
});

test("a timeout has its own message, and an upload may take longer than other requests", async (t) => {
  const limits = [];
  t.mock.method(AbortSignal, "timeout", (milliseconds) => {
    const limit = new AbortController();
    limits.push({ milliseconds, expire: () => limit.abort(new DOMException("", "TimeoutError")) });
    return limit.signal;
  });
  respond("/v1/uploads", { upload: { url: "https://bucket.test/", fields: { key: "a" } }, source_image: "upload:a" });
  respond("https://bucket.test/", never);

  const error = api.upload(new Blob(["image"], { type: "image/png" })).catch((it) => it);
  await settle();
  limits[1].expire();

  assert.equal((await error).message, "The server did not respond in time. Try again.");
  assert.deepEqual(
    limits.map((it) => it.milliseconds),
    [30_000, 600_000],
  );
});

test("an upload that the bucket refuses is an error", async () => {
  respond("/v1/uploads", { upload: { url: "https://bucket.test/", fields: {} }, source_image: "upload:a" });
  respond("https://bucket.test/", { status: 403 });

  const error = await api.upload(new Blob(["image"], { type: "image/png" })).catch((it) => it);

  assert.deepEqual([error.status, error.code], [403, "upload_failed"]);
});

test("static data is fetched once, but a failure is not cached", async () => {
  respond("/v1/models", { status: 500 });
  respond("/v1/models", { models: ["a"] });

  await assert.rejects(api.models());
  assert.deepEqual(await api.models(), ["a"]);
  assert.deepEqual(await api.models(), ["a"]);

  assert.equal(requests.length, 2);
});

test("empty query parameters are left out", async () => {
  respond("/v1/communities?limit=2", { communities: [] });

  assert.deepEqual(await api.communities({ limit: 2, cursor: null }), { communities: [] });
});

test("a pause ends as soon as it is aborted", async () => {
  const aborter = new AbortController();

  const ended = pause(1000, aborter.signal).catch((it) => it);
  aborter.abort();

  assert.ok(api.isAborted(await ended));
});

test("the origin can be configured", async () => {
  configure({ origin: "https://other.test" });
  respond("https://other.test/v1/communities/sophia", { id: "sophia" });

  assert.deepEqual(await api.community("sophia"), { id: "sophia" });
  configure({ origin: ORIGIN });
});
