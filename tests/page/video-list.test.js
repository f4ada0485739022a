import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { settle, toasts } from "./browser.js";
import { respond, authorize, later, networkError, page, requests, resetApi, video } from "./fake-api.js";
import { pendingDeletions } from "../../functions/web/static/data/pending-deletions.js";
import { feedAt } from "../../functions/web/static/data/video-feed.js";
import { VideoList } from "../../functions/web/static/data/video-list.js";

const PATH = "/v1/videos";
const FIRST_PAGE = "/v1/videos?limit=24";
let aborter;
let heard;

beforeEach(() => {
  resetApi();
  authorize();
  aborter = new AbortController();
  heard = { ended: [], removed: [], online: [] };
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: Date.parse("2026-06-01T00:00:00Z") });
});
afterEach(() => {
  aborter.abort();
  document.hidden = false;
  navigator.onLine = true;
  mock.timers.reset();
});

const callbacks = {
  onChange: () => {},
  onEnd: (it) => heard.ended.push(it.id),
  onRemove: (it) => heard.removed.push(it.id),
  onConnection: (isOnline) => heard.online.push(isOnline),
};
const ids = (list) => list.videos.map((it) => it.id);
const idsOf = (videos) => videos.map((it) => it.id);

async function load(videos, { cursor = null, filters = {}, path = FIRST_PAGE } = {}) {
  const list = new VideoList(PATH, callbacks, aborter.signal);
  respond(path, page([...videos].reverse(), cursor));
  await list.load(filters);
  return list;
}

/** The list refreshes when the page becomes visible. */
async function refresh() {
  document.dispatchEvent(new Event("visibilitychange"));
  await settle();
}

const make = (count, fields = {}) => Array.from({ length: count }, () => video(fields));

test("the videos are listed with the newest first", async () => {
  const videos = make(3);

  const list = await load(videos);

  assert.deepEqual(ids(list), idsOf(videos).reverse());
  assert.deepEqual([list.hasMore, heard.online], [false, [true]]);
});

test("more pages are loaded by the cursor", async () => {
  const [old, recent] = [make(2), make(24)];
  const list = await load(recent, { cursor: "c1" });
  assert.equal(list.hasMore, true);
  respond("/v1/videos?cursor=c1&limit=24", page([...old].reverse()));

  await list.loadMore();

  assert.deepEqual(ids(list), [...idsOf(recent).reverse(), ...idsOf(old).reverse()]);
  assert.equal(list.hasMore, false);
});

test("a video created elsewhere appears", async () => {
  const old = video();
  const list = await load([old]);
  const created = video();
  respond(FIRST_PAGE, page([created, old]));

  await refresh();

  assert.deepEqual(ids(list), [created.id, old.id]);
});

test("the list refreshes by itself, but not while hidden or offline", async () => {
  const list = await load([]);
  const created = video();
  respond(FIRST_PAGE, page([created]), { times: Infinity });

  document.hidden = true;
  mock.timers.tick(20_000);
  document.hidden = false;
  navigator.onLine = false;
  mock.timers.tick(20_000);
  await settle();
  assert.equal(requests.length, 1);
  navigator.onLine = true;
  mock.timers.tick(20_000);
  await settle();

  assert.deepEqual(ids(list), [created.id]);
});

test("a video deleted elsewhere disappears", async () => {
  const [gone, kept] = make(2);
  const list = await load([gone, kept]);
  respond(FIRST_PAGE, page([kept]));

  await refresh();

  assert.deepEqual([ids(list), heard.removed], [[kept.id], [gone.id]]);
});

test("a video that is missing from a refresh is still followed by other views", async () => {
  const it = video({ status: "processing" });
  const list = await load([it]);
  const progress = { changed: [], removed: [] };
  const onChange = (changes) => progress.changed.push(...changes.map((change) => change.video.status));
  feedAt(PATH).subscribe({ onChange, onRemove: (removed) => progress.removed.push(removed.id) }, aborter.signal);
  respond(FIRST_PAGE, page([]));
  respond(it.links.self, later(it, { status: "completed" }));

  await refresh();
  assert.deepEqual([ids(list), progress.removed], [[], []]);
  mock.timers.tick(2000);
  await settle();

  assert.deepEqual([progress.changed, progress.removed], [["completed"], []]);
});

test("a recent video that is missing stays, because the list may lag behind", async () => {
  const recent = video({ updated_at: new Date(Date.now() - 30_000).toISOString() });
  const list = await load([recent]);
  respond(FIRST_PAGE, page([]));

  await refresh();

  assert.deepEqual(ids(list), [recent.id]);
});

test("a video older than the page is not taken for deleted", async () => {
  const old = make(2);
  const list = await load(old);
  const recent = make(24);
  respond(FIRST_PAGE, page([...recent].reverse(), "c1"));

  await refresh();

  assert.deepEqual(ids(list), [...idsOf(recent).reverse(), ...idsOf(old).reverse()]);
});

test("a gap between new and known videos can be loaded, and closes", async () => {
  const [old, missing, recent] = [make(2), make(6), make(24)];
  const list = await load(old);
  assert.equal(list.hasMore, false);
  respond(FIRST_PAGE, page([...recent].reverse(), "gap"));
  await refresh();
  assert.equal(list.hasMore, true);
  respond("/v1/videos?cursor=gap&limit=24", page([...old, ...missing].reverse(), null));

  await list.loadMore();

  assert.deepEqual(ids(list), idsOf([...old, ...missing, ...recent]).reverse());
  assert.equal(list.hasMore, false);
});

test("after a gap is closed, loading goes on with the oldest videos", async () => {
  const [oldest, old, missing, recent] = [make(2), make(24), make(3), make(24)];
  const list = await load(old, { cursor: "older" });
  respond(FIRST_PAGE, page([...recent].reverse(), "gap"));
  await refresh();
  respond("/v1/videos?cursor=gap&limit=24", page([...old.slice(-21), ...missing].reverse(), "inside old"));
  respond("/v1/videos?cursor=older&limit=24", page([...oldest].reverse()));

  await list.loadMore();
  assert.equal(list.hasMore, true);
  await list.loadMore();

  assert.deepEqual(ids(list), idsOf([...oldest, ...old, ...missing, ...recent]).reverse());
  assert.equal(list.hasMore, false);
});

test("filters select what is listed, also of videos that are added later", async () => {
  const promo = video({ type: "promo" });
  const filters = { type: "promo" };
  const list = await load([promo], { filters, path: "/v1/videos?type=promo&limit=24" });
  const [intro, another] = [video({ type: "intro" }), video({ type: "promo" })];

  list.add([intro, another]);

  assert.deepEqual(ids(list), [another.id, promo.id]);
});

test("new filters replace the list, and an older response is discarded", async () => {
  const list = await load(make(2));
  const failed = video({ status: "failed" });
  respond("/v1/videos?type=promo&limit=24", "never");
  respond("/v1/videos?status=failed&limit=24", page([failed]));

  const replaced = list.load({ type: "promo" }).catch((it) => it);
  await settle();
  await list.load({ status: "failed" });

  assert.equal((await replaced).name, "AbortError");
  assert.deepEqual(ids(list), [failed.id]);
});

test("a video that no longer matches stays listed, and is not taken for deleted", async () => {
  const it = video({ status: "processing" });
  const filters = { status: "processing" };
  const list = await load([it], { filters, path: "/v1/videos?status=processing&limit=24" });
  list.add([later(it, { status: "completed" })]);
  respond(/status=processing/, page([]));
  mock.timers.setTime(Date.now() + 120_000);

  await refresh();

  assert.deepEqual([ids(list), heard.removed, heard.ended], [[it.id], [], [it.id]]);
});

test("the end of a video is announced once", async () => {
  const it = video({ status: "processing" });
  const list = await load([it, video()]);
  const completed = later(it, { status: "completed" });

  list.add([completed]);
  list.add([completed]);

  assert.deepEqual(heard.ended, [it.id]);
});

test("a video that was already finished when it was loaded is not announced", async () => {
  const list = await load([video()]);

  list.add([video(), video({ status: "failed" })]);

  assert.deepEqual(heard.ended, []);
});

test("a video that finished while other filters were loaded is not announced", async () => {
  const it = video({ status: "processing" });
  const list = await load([it]);
  respond("/v1/videos?type=user&limit=24", page([later(it, { status: "completed" })]));

  await list.load({ type: "user" });

  assert.deepEqual([ids(list), heard.ended], [[it.id], []]);
});

test("a video created by another view of the same owner is listed", async () => {
  const list = await load([]);
  const created = video({ status: "queued" });

  feedAt(PATH).put([created]);

  assert.deepEqual(ids(list), [created.id]);
});

test("a video of another owner is not listed", async () => {
  const list = await load([]);

  list.add([video({ path: "/v1/communities/sophia/videos" })]);

  assert.deepEqual(ids(list), []);
});

test("a video that is being deleted is hidden, and comes back on undo", async () => {
  const it = video();
  const list = await load([it]);

  pendingDeletions.add(it, { title: "A boat", onUndo: () => {} });
  assert.deepEqual(ids(list), []);
  toasts.at(-1).act();

  assert.deepEqual([ids(list), heard.removed], [[it.id], []]);
});

test("the connection is reported", async () => {
  await load([]);
  heard.online = [];

  dispatchEvent(new Event("offline"));
  respond(FIRST_PAGE, networkError(), { times: 3 });
  await refresh();
  for (const delay of [600, 2000]) {
    mock.timers.tick(delay);
    await settle();
  }
  respond(FIRST_PAGE, page([]));
  await refresh();

  assert.deepEqual(heard.online, [false, false, true]);
});

test("a list that has ended does nothing", async () => {
  const list = await load([video()]);

  aborter.abort();
  await refresh();
  mock.timers.tick(60_000);
  await settle();

  assert.equal(requests.length, 1);
  assert.deepEqual(ids(list), []);
});
