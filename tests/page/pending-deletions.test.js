import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { settle, toasts } from "./browser.js";
import { respond, authorize, requests, resetApi, video } from "./fake-api.js";
import { pendingDeletions } from "../../functions/web/static/data/pending-deletions.js";
import { session } from "../../functions/web/static/data/session.js";

let aborter;
let removed;

beforeEach(() => {
  resetApi();
  authorize();
  toasts.length = 0;
  removed = [];
  aborter = new AbortController();
  const onRemoved = ({ detail }) => removed.push(detail.video.id);
  pendingDeletions.addEventListener("removed", onRemoved, { signal: aborter.signal });
  mock.timers.enable({ apis: ["setTimeout"] });
});
afterEach(() => {
  for (const toast of toasts) toast.act(); // leave no pending deletion behind
  aborter.abort();
  mock.timers.reset();
});

function add(it = video(), onUndo = () => {}) {
  pendingDeletions.add(it, { title: "A paper boat", onUndo });
  return it;
}

test("a deleted video is hidden at once, but not deleted while it can be undone", async () => {
  const it = add();
  await settle();

  assert.equal(pendingDeletions.has(it), true);
  assert.deepEqual([toasts[0].text, toasts[0].action], ["Deleted: A paper boat", "Undo"]);
  assert.equal(requests.length, 0);
});

test("undo restores the video and deletes nothing", async () => {
  let undone = 0;
  const it = add(video(), () => {
    undone += 1;
  });

  toasts[0].act();
  await settle();

  assert.deepEqual([pendingDeletions.has(it), undone, requests.length], [false, 1, 0]);
});

test("the video is deleted when the toast ends, and stays hidden", async () => {
  const it = add();
  respond(it.links.delete, { status: 204 }, { method: "DELETE" });

  toasts[0].end();
  await settle();

  assert.deepEqual([removed, pendingDeletions.has(it), requests[0].keepalive], [[it.id], true, false]);
});

test("a video that is already deleted counts as deleted", async () => {
  const it = add();
  respond(it.links.delete, { status: 404, body: { code: "not_found", detail: "No." } });

  toasts[0].end();
  await settle();

  assert.deepEqual([removed, toasts.length], [[it.id], 1]);
});

test("a failed deletion restores the video and says so", async () => {
  const it = add();
  respond(it.links.delete, { status: 500 });

  toasts[0].end();
  await settle();

  assert.deepEqual([removed, pendingDeletions.has(it)], [[], false]);
  assert.equal(toasts[1].text, "The video was not deleted. Something went wrong on our side. Try again.");
});

test("a second deletion of the same video is ignored", () => {
  const it = add();

  add(it);

  assert.equal(toasts.length, 1);
});

for (const [name, leave] of Object.entries({
  "when the page is closed": () => dispatchEvent(new Event("pagehide")),
  "when the user signs out": () => session.dispatchEvent(new Event("leaving")),
}))
  test(`pending deletions are sent ${name}, and outlive the page`, async () => {
    const [one, other] = [add(), add()];
    for (const it of [one, other]) respond(it.links.delete, { status: 204 });

    leave();
    await settle();

    assert.deepEqual(
      requests.map((it) => [it.method, it.path, it.keepalive]),
      [
        ["DELETE", one.links.delete, true],
        ["DELETE", other.links.delete, true],
      ],
    );
    assert.ok(toasts.every((it) => it.isDismissed));
  });

test("a hidden and a restored video are announced", () => {
  let changes = 0;
  pendingDeletions.addEventListener("change", () => {
    changes += 1;
  });

  add();
  toasts[0].act();

  assert.equal(changes, 2);
});
