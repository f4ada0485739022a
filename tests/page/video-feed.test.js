import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { settle, toasts } from "./browser.js";
import { respond, authorize, later, requests, resetApi, video } from "./fake-api.js";
import { pendingDeletions } from "../../functions/web/static/data/pending-deletions.js";
import { session } from "../../functions/web/static/data/session.js";
import { feedAt, feedOf } from "../../functions/web/static/data/video-feed.js";

const PATH = "/v1/videos";
let aborter;

beforeEach(() => {
  resetApi();
  authorize();
  aborter = new AbortController();
  mock.timers.enable({ apis: ["setTimeout"] });
});
afterEach(() => {
  aborter.abort();
  mock.timers.reset();
});

async function pass(seconds) {
  await settle();
  mock.timers.tick(seconds * 1000);
  await settle();
}

function subscribe(feed, signal = aborter.signal) {
  const heard = [];
  const onChange = (changes) => heard.push(changes.map(({ video, before }) => [video.status, before?.status ?? null]));
  feed.subscribe({ onChange, onRemove: (it) => heard.push(["removed", it.id]) }, signal);
  return heard;
}

test("every subscriber hears of every change, with one request", async () => {
  const it = video({ status: "processing" });
  const [gallery, progress] = [subscribe(feedAt(PATH)), subscribe(feedOf(it))];
  respond(it.links.self, later(it, { status: "completed" }));

  feedAt(PATH).put([it]);
  await pass(2);

  assert.deepEqual(gallery, [[["processing", null]], [["completed", "processing"]]]);
  assert.deepEqual(progress, gallery);
  assert.equal(requests.length, 1);
});

test("a video that is put twice is polled once, and each change is reported once", async () => {
  const it = video({ status: "processing" });
  const heard = subscribe(feedAt(PATH));
  respond(it.links.self, later(it, { status: "completed" }));

  feedAt(PATH).put([it]);
  feedAt(PATH).put([it]);
  await pass(2);

  assert.equal(heard.length, 3);
});

test("of two records of a video the newer one counts", () => {
  const feed = feedAt(PATH);
  subscribe(feed);
  const old = video();
  const newer = later(old, { prompt: "Newer" });

  feed.put([newer]);
  feed.put([old]);

  assert.equal(feed.get(old.id).prompt, "Newer");
});

test("owners do not share a feed", () => {
  const promo = video({ path: "/v1/communities/sophia/videos" });
  subscribe(feedAt(PATH));
  subscribe(feedOf(promo));

  feedOf(promo).put([promo]);

  assert.equal(feedAt(PATH).get(promo.id), null);
  assert.equal(feedAt("/v1/communities/sophia/videos").get(promo.id), promo);
});

test("a video deleted elsewhere is removed for all", async () => {
  const it = video({ status: "processing" });
  const feed = feedAt(PATH);
  const [one, other] = [subscribe(feed), subscribe(feed)];
  respond(it.links.self, { status: 404, body: { code: "not_found", detail: "No." } });

  feed.put([it]);
  await pass(2);

  assert.deepEqual(one.at(-1), ["removed", it.id]);
  assert.deepEqual(other.at(-1), ["removed", it.id]);
  assert.equal(feed.get(it.id), null);
});

test("a video deleted here is removed once the deletion is final", async () => {
  const it = video();
  const heard = subscribe(feedAt(PATH));
  feedAt(PATH).put([it]);
  respond(it.links.delete, { status: 204 });

  pendingDeletions.add(it, { title: "A boat", onUndo: () => {} });
  assert.equal(heard.length, 1);
  toasts.at(-1).end();
  await settle();

  assert.deepEqual(heard.at(-1), ["removed", it.id]);
});

test("with its last subscriber the feed stops polling and forgets its videos", async () => {
  const it = video({ status: "processing" });
  const feed = feedAt(PATH);
  subscribe(feed);
  feed.put([it]);

  aborter.abort();
  await pass(60);

  assert.equal(requests.length, 0);
  assert.equal(feed.get(it.id), null);
});

test("the next user gets a new feed", () => {
  const it = video();
  subscribe(feedAt(PATH));
  feedAt(PATH).put([it]);

  session.dispatchEvent(new Event("change"));

  assert.equal(feedAt(PATH).get(it.id), null);
});
