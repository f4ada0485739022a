import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { respond, authorize, page, requests, resetApi, video } from "./fake-api.js";
import {
  fetchPage,
  isTransient,
  matches,
  parseFilters,
  UNFINISHED,
} from "../../functions/web/static/data/video-query.js";

beforeEach(() => {
  resetApi();
  authorize();
});

test("invalid filters from the URL are ignored", () => {
  assert.deepEqual(parseFilters({ status: "constructor", type: "movie", model: "" }), {
    status: undefined,
    type: undefined,
    model: undefined,
  });
  assert.deepEqual(parseFilters({ status: UNFINISHED, type: "promo", model: "kling-2.6" }), {
    status: UNFINISHED,
    type: "promo",
    model: "kling-2.6",
  });
});

test("filters match by status, type and model", () => {
  const it = video({ status: "failed", type: "promo", model: "kling-2.6" });

  assert.ok(matches(it, {}));
  assert.ok(matches(it, { status: "failed", type: "promo", model: "kling-2.6" }));
  for (const filters of [{ status: "completed" }, { status: UNFINISHED }, { type: "intro" }, { model: "kling-3.0" }])
    assert.equal(matches(it, filters), false);
  assert.ok(matches(video({ status: "saving" }), { status: UNFINISHED }));
});

test("unfinished statuses are transient", () => {
  assert.deepEqual(
    [UNFINISHED, "queued", "processing", "saving", "delayed", "completed", "failed", "canceled", undefined].map(
      isTransient,
    ),
    [true, true, true, true, true, false, false, false, false],
  );
});

test("short pages of the server are joined to one", async () => {
  const [first, second] = [Array.from({ length: 20 }, () => video()), Array.from({ length: 4 }, () => video())];
  respond("/v1/videos?status=failed&limit=24", page(first, "c1"));
  respond("/v1/videos?status=failed&cursor=c1&limit=4", page(second, "c2"));

  const found = await fetchPage("/v1/videos", { status: "failed" });

  assert.equal(found.videos.length, 24);
  assert.equal(found.next_cursor, "c2");
});

test("after five short pages the page is returned as it is", async () => {
  respond(/./, page([], "again"), { times: Infinity });

  assert.deepEqual(await fetchPage("/v1/videos", { status: "failed" }), { videos: [], next_cursor: "again" });
  assert.equal(requests.length, 5);
});

test("unfinished videos are those of four statuses", async () => {
  for (const status of ["queued", "processing", "saving", "delayed"])
    respond(`/v1/videos?status=${status}&type=promo&limit=100`, page([video({ status })]));

  const { videos, next_cursor: cursor } = await fetchPage("/v1/videos", { status: UNFINISHED, type: "promo" });

  assert.deepEqual([videos.map((it) => it.status), cursor], [["queued", "processing", "saving", "delayed"], null]);
});
