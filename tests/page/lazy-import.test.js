import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { blockStorage, clearStorage, settle } from "./browser.js";
import { importOrReload } from "../../functions/web/static/lib/lazy-import.js";

let reloads;

beforeEach(() => {
  clearStorage();
  reloads = 0;
  location.reload = () => {
    reloads += 1;
  };
  mock.timers.enable({ apis: ["setTimeout"] });
});
afterEach(() => {
  navigator.onLine = true;
  mock.timers.reset();
});

const fail = async () => {
  throw new TypeError("Failed to fetch dynamically imported module");
};

/** A failed import, as after each reload of the page. */
async function failAndReload(name) {
  const result = { error: null };
  importOrReload(name, fail).catch((error) => {
    result.error = error;
  });
  await settle();
  mock.timers.tick(10_000);
  return result.error;
}

test("a loaded module is returned, and nothing stays in the storage", async () => {
  await failAndReload("home");

  assert.equal(await importOrReload("home", async () => "module"), "module");
  assert.deepEqual([Object.keys(sessionStorage), reloads], [[], 1]);
});

test("a missing module reloads the page three times, and is an error then", async () => {
  for (let time = 0; time < 3; time += 1) assert.equal(await failAndReload("home"), null);

  assert.ok((await failAndReload("home")) instanceof TypeError);
  assert.deepEqual([reloads, Object.keys(sessionStorage)], [3, []]);
});

test("each module counts its own failures", async () => {
  for (let time = 0; time < 3; time += 1) await failAndReload("home");

  assert.equal(await failAndReload("communities"), null);
});

test("an offline page does not reload", async () => {
  navigator.onLine = false;

  assert.ok((await failAndReload("home")) instanceof TypeError);
  assert.equal(reloads, 0);
});

test("without storage the page does not reload, because it would not end", async () => {
  const restore = blockStorage();

  assert.ok((await failAndReload("home")) instanceof TypeError);
  assert.equal(reloads, 0);
  restore();
});
