import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { settle } from "./browser.js";
import { respond, authorize, later, page, requests, resetApi, video } from "./fake-api.js";
import { pollVideo } from "../../functions/web/static/data/video-poller.js";

const unfinished = () => video({ status: "processing" });
let aborter;

beforeEach(() => {
  resetApi();
  authorize();
  aborter = new AbortController();
  mock.timers.enable({ apis: ["setTimeout"] });
});
afterEach(() => {
  aborter.abort();
  document.hidden = false;
  navigator.onLine = true;
  mock.timers.reset();
});

async function pass(seconds) {
  await settle();
  mock.timers.tick(seconds * 1000);
  await settle();
}

const poll = (it, listener) => pollVideo(it, listener, aborter.signal);

test("a video is polled at the server's interval until it is finished", async () => {
  const it = unfinished();
  const heard = [];
  respond(it.links.self, later(it, { status: "saving", poll_after_seconds: 5 }));
  respond(it.links.self, later(it, { status: "completed" }));

  poll(it, (video) => heard.push(video.status));
  await pass(1);
  assert.equal(requests.length, 0);
  await pass(1);
  await pass(4);
  assert.deepEqual(heard, ["saving"]);
  await pass(1);
  await pass(60);

  assert.deepEqual(heard, ["saving", "completed"]);
  assert.equal(requests.length, 2);
});

test("a finished video is not polled", async () => {
  poll(video(), () => assert.fail());

  await pass(60);

  assert.equal(requests.length, 0);
});

test("an unchanged video is not reported", async () => {
  const it = unfinished();
  const heard = [];
  respond(it.links.self, { status: 200, body: later(it, { status: "processing" }), headers: { ETag: '"1"' } });
  respond(it.links.self, { status: 304, headers: { ETag: '"1"' } });

  poll(it, (video) => heard.push(video.status));
  await pass(2);
  await pass(2);

  assert.deepEqual(heard, ["processing"]);
  assert.deepEqual(
    requests.map((request) => request.headers["If-None-Match"]),
    [undefined, '"1"'],
  );
});

test("a deleted video is reported as null", async () => {
  const it = unfinished();
  const heard = [];
  respond(it.links.self, { status: 404, body: { code: "not_found", detail: "No." } });

  poll(it, (video) => heard.push(video));
  await pass(2);
  await pass(60);

  assert.deepEqual(heard, [null]);
  assert.equal(requests.length, 1);
});

test("a refused or failed request does not end the polling, and slows it down", async () => {
  const it = unfinished();
  const heard = [];
  respond(it.links.self, { status: 401, body: {} });
  respond(it.links.self, { status: 500, body: {} });
  respond(it.links.self, later(it, { status: "completed" }));

  poll(it, (video) => heard.push(video.status));
  await pass(2);
  await pass(2);
  assert.equal(requests.length, 2);
  await pass(3);
  assert.equal(requests.length, 2);
  await pass(1);

  assert.deepEqual(heard, ["completed"]);
});

test("two listeners share one polling loop, and one may leave", async () => {
  const it = unfinished();
  const leaving = new AbortController();
  const heard = [];
  respond(it.links.self, later(it, { status: "saving" }));
  respond(it.links.self, later(it, { status: "completed" }));

  pollVideo(it, (video) => heard.push(["first", video.status]), leaving.signal);
  poll(it, (video) => heard.push(["second", video.status]));
  await pass(2);
  leaving.abort();
  await pass(2);

  assert.deepEqual(heard, [
    ["first", "saving"],
    ["second", "saving"],
    ["second", "completed"],
  ]);
  assert.equal(requests.length, 2);
});

test("polling ends with its last listener, and starts again for a new one", async () => {
  const it = unfinished();
  respond(it.links.self, later(it, { status: "completed" }));

  poll(it, () => assert.fail());
  aborter.abort();
  await pass(60);
  assert.equal(requests.length, 0);
  aborter = new AbortController();
  poll(it, () => {});
  await pass(2);

  assert.equal(requests.length, 1);
});

test("a hidden page polls every 30 seconds, and at once when it becomes visible", async () => {
  const it = unfinished();
  respond(it.links.self, later(it, { status: "saving" }), { times: Infinity });
  document.hidden = true;

  poll(it, () => {});
  await pass(29);
  assert.equal(requests.length, 0);
  await pass(1);
  assert.equal(requests.length, 1);
  document.hidden = false;
  document.dispatchEvent(new Event("visibilitychange"));
  await settle();

  assert.equal(requests.length, 2);
});

test("an offline page waits, and polls at once when it is online again", async () => {
  const it = unfinished();
  respond(it.links.self, later(it, { status: "completed" }));
  navigator.onLine = false;

  poll(it, () => {});
  await pass(2);
  await pass(20);
  assert.equal(requests.length, 0);
  dispatchEvent(new Event("online"));
  await settle();

  assert.equal(requests.length, 1);
});

const LIST = "/v1/videos?status=unfinished&limit=100";

test("all unfinished videos of an owner are read in one request", async () => {
  const [first, second] = [unfinished(), unfinished()];
  const heard = [];
  respond(LIST, page([later(second, { status: "saving" }), { ...first, poll_after_seconds: 3 }]));
  respond(LIST, page([later(first, { status: "saving" })]));
  respond(second.links.self, later(second, { status: "completed" }, 2));
  respond(first.links.self, later(first, { status: "completed" }, 2));

  for (const it of [first, second]) poll(it, (video) => heard.push([video.id === first.id ? 1 : 2, video.status]));
  await pass(2);
  assert.deepEqual(heard, [[2, "saving"]]);
  assert.equal(requests.length, 1);
  await pass(2);
  await pass(2);

  assert.deepEqual(heard.slice(1), [
    [1, "saving"],
    [2, "completed"],
    [1, "completed"],
  ]);
  assert.deepEqual(
    requests.map(({ path }) => path),
    [LIST, LIST, second.links.self, first.links.self],
  );
});

test("a list that fails is requested again, and reports no video as deleted", async () => {
  const videos = [unfinished(), unfinished()];
  const heard = [];
  respond(LIST, { status: 500, body: {} });
  respond(LIST, page(videos.map((it) => later(it, { status: "saving" }))));

  for (const it of videos) poll(it, (video) => heard.push(video?.status));
  await pass(2);
  assert.deepEqual(heard, []);
  await pass(2);

  assert.deepEqual(heard, ["saving", "saving"]);
});

test("videos of different owners are polled apart", async () => {
  const [own, community] = [unfinished(), video({ status: "processing", path: "/v1/communities/a/videos" })];
  for (const it of [own, community]) respond(it.links.self, later(it, { status: "completed" }));

  for (const it of [own, community]) poll(it, () => {});
  await pass(2);

  assert.deepEqual(requests.map(({ path }) => path).sort(), [community.links.self, own.links.self].sort());
});

test("a video that is added with a shorter interval is read in time", async () => {
  const slow = video({ status: "processing", poll_after_seconds: 40 });
  const quick = video({ status: "processing", poll_after_seconds: 5 });
  respond(LIST, page([slow, later(quick, { status: "saving" })]));
  const heard = [];

  poll(slow, () => assert.fail());
  await pass(1);
  poll(quick, (video) => heard.push(video.status));
  await pass(4);
  assert.equal(requests.length, 0);
  await pass(1);

  assert.deepEqual(heard, ["saving"]);
});
