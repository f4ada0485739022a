import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { settle } from "./browser.js";
import { respond, authorize, later, requests, resetApi, video } from "./fake-api.js";
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
