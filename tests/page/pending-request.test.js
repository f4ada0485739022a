import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { blockStorage, clearStorage, settle } from "./browser.js";
import { respond, COGNITO, networkError, never, ORIGIN, requests, resetApi, video } from "./fake-api.js";
import { configure } from "../../functions/web/static/data/http.js";
import { PendingRequest } from "../../functions/web/static/data/pending-request.js";
import { session } from "../../functions/web/static/data/session.js";
import { TabStorage } from "../../functions/web/static/data/tab-storage.js";

const MINUTE_MS = 60_000;
const PATH = "/v1/videos";
const keys = () => requests.filter((it) => it.path === PATH).map((it) => it.headers["Idempotency-Key"]);

beforeEach(async () => {
  resetApi();
  configure({ origin: ORIGIN });
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: Date.now() });
  await signIn("user@example.com");
});
afterEach(async () => {
  respond(COGNITO, { status: 200, body: {} });
  await session.signOut();
  clearStorage();
  mock.timers.reset();
});

async function signIn(email) {
  respond(COGNITO, { AuthenticationResult: { AccessToken: "access", RefreshToken: "refresh", ExpiresIn: 36_000_000 } });
  await session.signIn(email, "password");
}

/** Send a request that the network loses, with all its repetitions. */
async function lose(pending, request) {
  respond(PATH, networkError(), { times: 3 });
  const error = pending.send(PATH, request).catch((it) => it);
  for (const delay of [600, 2000]) {
    await settle();
    mock.timers.tick(delay);
  }
  return error;
}

test("a request is discarded after its response", async () => {
  const pending = new PendingRequest("user");
  const created = [video()];
  respond(PATH, { videos: created });

  assert.deepEqual(await pending.send(PATH, { prompt: "A boat" }), created);
  assert.equal(pending.stored, null);
});

test("a request without a response is stored with its draft, and a reload may resend it", async () => {
  respond(PATH, never);

  new PendingRequest("user").send(PATH, { prompt: "A boat" }, { text: "A boat" });
  await settle();

  const { key, path, request, draft } = new PendingRequest("user").stored;
  assert.deepEqual([key, path, request, draft], [keys()[0], PATH, { prompt: "A boat" }, { text: "A boat" }]);
  assert.equal(new PendingRequest("user").canResend, true);
});

test("the same request is sent again with the same key, also after a reload", async () => {
  assert.equal((await lose(new PendingRequest("user"), { prompt: "A boat" })).status, 0);
  respond(PATH, { videos: [] });

  await new PendingRequest("user").send(PATH, { prompt: "A boat" });

  assert.equal(keys().length, 4);
  assert.equal(new Set(keys()).size, 1);
});

test("another request gets another key", async () => {
  const pending = new PendingRequest("user");
  await lose(pending, { prompt: "A boat" });
  respond(PATH, { videos: [] });

  await pending.send(PATH, { prompt: "A kite" });

  assert.equal(new Set(keys()).size, 2);
});

test("after an error was shown, a reload does not resend by itself", async () => {
  await lose(new PendingRequest("user"), { prompt: "A boat" });

  assert.notEqual(new PendingRequest("user").stored, null);
  assert.equal(new PendingRequest("user").canResend, false);
});

test("a request stored by an older version, after an error was shown, is not resent by itself", () => {
  const stored = { at: Date.now(), key: "key", path: PATH, request: {}, draft: null };
  const storage = new TabStorage("user");

  storage.value = stored;
  assert.equal(new PendingRequest("user").canResend, true);
  storage.value = { ...stored, isTold: true };

  assert.equal(new PendingRequest("user").canResend, false);
});

test("an old request is not resent by itself, and is forgotten after a day", async () => {
  const pending = new PendingRequest("user");
  respond(PATH, never);
  pending.send(PATH, { prompt: "A boat" });
  await settle();

  mock.timers.setTime(Date.now() + 3 * MINUTE_MS);
  assert.deepEqual([pending.canResend, pending.stored === null], [false, false]);
  mock.timers.setTime(Date.now() + 24 * 60 * MINUTE_MS);

  assert.equal(pending.stored, null);
});

test("a refusal by the API forgets the request, because nothing was created", async () => {
  const pending = new PendingRequest("user");
  respond(PATH, { status: 400, body: { code: "invalid", detail: "Invalid." } });

  await assert.rejects(pending.send(PATH, { prompt: "" }));

  assert.equal(pending.stored, null);
});

for (const [name, response] of Object.entries({
  "a gateway's 429, because an earlier attempt may have been accepted": { status: 429, body: { message: "Slow down" } },
  "a 401, because the user will sign in again": { status: 401, body: { code: "unauthorized", detail: "No." } },
  "a server error": { status: 500, body: { code: "internal", detail: "Oops." } },
}))
  test(`the request and its key stay after ${name}`, async () => {
    const pending = new PendingRequest("user");
    respond(PATH, response);

    await assert.rejects(pending.send(PATH, { prompt: "A boat" }));

    assert.equal(pending.stored.key, keys()[0]);
  });

test("the next user does not get the request", async () => {
  await lose(new PendingRequest("user"), { prompt: "A boat" });
  respond(COGNITO, { status: 200, body: {} });
  await session.signOut();
  await signIn("other@example.com");

  assert.equal(new PendingRequest("user").stored, null);
});

test("a response after the sign-out stores nothing", async () => {
  const pending = new PendingRequest("user");
  let fail;
  respond(
    PATH,
    () =>
      new Promise((resolve) => {
        fail = () => resolve({ status: 500 });
      }),
  );
  const error = pending.send(PATH, { prompt: "A boat" }).catch((it) => it);
  await settle();

  respond(COGNITO, { status: 200, body: {} });
  await session.signOut();
  fail();
  await error;

  assert.deepEqual(Object.keys(sessionStorage), []);
});

test("two forms do not share their requests", async () => {
  await lose(new PendingRequest("user"), { prompt: "A boat" });

  assert.equal(new PendingRequest("community").stored, null);
});

test("tab storage belongs to a user, and null removes the value", async () => {
  const storage = new TabStorage("draft");
  storage.value = { text: "A boat" };
  assert.deepEqual(new TabStorage("draft").value, { text: "A boat" });

  storage.store({ text: "Theirs" }, "other@example.com");
  assert.equal(storage.value, null);
  storage.value = null;

  assert.equal(sessionStorage.getItem("keepreel.pending.draft"), null);
});

test("without browser storage, values stay until the page is closed", () => {
  const restore = blockStorage();
  const storage = new TabStorage("draft");

  storage.value = { text: "A boat" };

  assert.deepEqual(storage.value, { text: "A boat" });
  restore();
  assert.deepEqual(new TabStorage("draft").value, null);
});
