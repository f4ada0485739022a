import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { blockStorage, clearStorage, settle } from "./browser.js";
import { respond, COGNITO, networkError, ORIGIN, requests, resetApi } from "./fake-api.js";
import { configure } from "../../functions/web/static/data/http.js";

const KEY = "keepreel.session";
const HOUR_MS = 3600_000;
const refused = { status: 400, body: { __type: "NotAuthorizedException", message: "Refresh Token has expired" } };
const tokens = (access, refresh) => ({
  AuthenticationResult: { AccessToken: access, ExpiresIn: 3600, ...(refresh && { RefreshToken: refresh }) },
});
let count = 0;

beforeEach(() => {
  resetApi();
  clearStorage();
  configure({ origin: ORIGIN });
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_800_000_000_000 });
});
afterEach(() => mock.timers.reset());

/** A page that is loaded now, with the session that the tab has stored. */
async function loadSession(stored = null) {
  if (stored) sessionStorage.setItem(KEY, JSON.stringify(stored));
  count += 1;
  const module = await import(`../../functions/web/static/data/session.js?${count}`);
  return module.session;
}

const storedSession = ({ minutes = 60, ...fields } = {}) => ({
  email: "user@example.com",
  access_token: "old access",
  refresh_token: "old refresh",
  expires_at: Date.now() + minutes * 60_000,
  ...fields,
});
const stored = () => JSON.parse(sessionStorage.getItem(KEY));
const cognitoRequests = () => requests.filter((it) => it.path === COGNITO);

test("a reload keeps the session of the tab", async () => {
  const session = await loadSession(storedSession());

  assert.equal(session.email, "user@example.com");
  assert.equal(await session.token(), "old access");
  assert.equal(session.isAuthorized, true);
  assert.equal(requests.length, 0);
});

test("without a stored session nobody is signed in", async () => {
  const session = await loadSession();

  assert.deepEqual([session.email, await session.token(), session.isAuthorized], [null, null, false]);
});

test("a sign-in stores the tokens, and not the password", async () => {
  const session = await loadSession();
  respond(COGNITO, tokens("access", "refresh"));

  assert.equal(await session.signIn("user@example.com", "secret password"), null);

  assert.deepEqual(stored(), {
    email: "user@example.com",
    access_token: "access",
    refresh_token: "refresh",
    expires_at: Date.now() + HOUR_MS,
  });
  assert.equal(JSON.stringify(sessionStorage).includes("secret"), false);
});

test("an invited user chooses a password first", async () => {
  const session = await loadSession();
  respond(COGNITO, { ChallengeName: "NEW_PASSWORD_REQUIRED", Session: "challenge" });
  respond(COGNITO, tokens("access", "refresh"));

  const choosePassword = await session.signIn("user@example.com", "temporary");
  assert.equal(session.email, null);
  await choosePassword("chosen");

  assert.equal(session.email, "user@example.com");
  assert.deepEqual(cognitoRequests()[1].body.ChallengeResponses, {
    USERNAME: "user@example.com",
    NEW_PASSWORD: "chosen",
  });
  assert.equal(cognitoRequests()[1].body.Session, "challenge");
});

test("a token that expires soon is refreshed once for all callers", async () => {
  const session = await loadSession(storedSession({ minutes: 4 }));
  respond(COGNITO, tokens("new access"));

  const found = await Promise.all([session.token(), session.token(), session.token()]);

  assert.deepEqual(found, ["new access", "new access", "new access"]);
  assert.deepEqual(
    cognitoRequests().map((it) => it.body.AuthFlow),
    ["REFRESH_TOKEN_AUTH"],
  );
  assert.equal(stored().refresh_token, "old refresh");
  assert.equal(stored().expires_at, Date.now() + HOUR_MS);
});

test("a refused refresh signs the user out", async () => {
  const session = await loadSession(storedSession({ minutes: -1 }));
  let changes = 0;
  session.addEventListener("change", () => {
    changes += 1;
  });
  respond(COGNITO, refused);

  assert.equal(await session.token(), null);

  assert.deepEqual([session.email, session.hasExpired, changes], [null, true, 1]);
  assert.equal(sessionStorage.getItem(KEY), null);
});

test("if Cognito cannot be reached, a token that is still valid is used", async () => {
  const session = await loadSession(storedSession({ minutes: 1 }));
  respond(COGNITO, networkError());

  assert.equal(await session.token(), "old access");
  assert.equal(session.email, "user@example.com");
});

test("if Cognito cannot be reached, an expired token is an error, and the session stays", async () => {
  const session = await loadSession(storedSession({ minutes: -1 }));
  respond(COGNITO, networkError());

  const error = await session.token().catch((it) => it);

  assert.deepEqual([error.status, error.message], [0, "Your session could not be renewed. Try again in a moment."]);
  assert.equal(session.email, "user@example.com");
});

test("a refresh that failed is tried again by the next caller", async () => {
  const session = await loadSession(storedSession({ minutes: -1 }));
  respond(COGNITO, networkError());
  respond(COGNITO, tokens("new access"));

  await session.token().catch(() => {});

  assert.equal(await session.token(), "new access");
});

test("a page that is closing uses the current token while it is valid", async () => {
  const session = await loadSession(storedSession({ minutes: 1 }));

  assert.equal(await session.token({ isLeaving: true }), "old access");
  assert.equal(requests.length, 0);
});

test("a caller never gets the token of a user who signed in meanwhile", async () => {
  const session = await loadSession(storedSession({ minutes: 1 }));
  const refresh = Promise.withResolvers?.() ?? deferred();
  respond(COGNITO, () => refresh.promise);
  respond(COGNITO, { status: 200, body: {} }); // the revocation
  respond(COGNITO, tokens("other access", "other refresh"));

  const token = session.token();
  await settle();
  await session.signOut();
  await session.signIn("other@example.com", "password");
  refresh.resolve(tokens("new access"));

  assert.equal(await token, null);
  assert.equal(await session.token(), "other access");
});

test("a sign-out announces itself, removes everything, and revokes the refresh token", async () => {
  const session = await loadSession(storedSession());
  sessionStorage.setItem("keepreel.pending.user", "a request");
  sessionStorage.setItem("keepreel.pending.draft", "a draft");
  const events = [];
  session.addEventListener("leaving", () => events.push(["leaving", session.email]));
  session.addEventListener("change", () => events.push(["change", session.email]));
  respond(COGNITO, { status: 200, body: {} });

  await session.signOut();

  assert.deepEqual(events, [
    ["leaving", "user@example.com"],
    ["change", null],
  ]);
  assert.deepEqual(Object.keys(sessionStorage), []);
  assert.deepEqual(
    cognitoRequests().map((it) => it.body.Token),
    ["old refresh"],
  );
  assert.equal(session.hasExpired, false);
});

test("a sign-out succeeds if Cognito cannot be reached", async () => {
  const session = await loadSession(storedSession());
  respond(COGNITO, networkError());

  await session.signOut();

  assert.equal(session.email, null);
});

test("a browser that blocks storage keeps the session until the page is closed", async () => {
  const restore = blockStorage();
  const session = await loadSession();
  respond(COGNITO, tokens("access", "refresh"));

  await session.signIn("user@example.com", "password");
  restore();

  assert.equal(await session.token(), "access");
  assert.equal(sessionStorage.getItem(KEY), null);
});

test("an embedding page's token is used without a sign-in", async () => {
  const session = await loadSession();
  let changes = 0;
  session.addEventListener("change", () => {
    changes += 1;
  });

  session.useToken(() => "their token");

  assert.deepEqual(
    [await session.token(), session.isAuthorized, session.email, changes],
    ["their token", true, null, 1],
  );
  assert.deepEqual(Object.keys(sessionStorage), []);
});

test("Cognito's error name is the problem's code", async () => {
  const session = await loadSession();
  respond(COGNITO, { status: 400, body: { __type: "com.amazon#UserNotFoundException", message: "No user" } });

  const error = await session.signIn("user@example.com", "password").catch((it) => it);

  assert.deepEqual([error.code, error.message], ["UserNotFoundException", "No user"]);
});

test("sign-up says whether a confirmation code was sent", async () => {
  const session = await loadSession();
  respond(COGNITO, { UserConfirmed: false });
  respond(COGNITO, { UserConfirmed: true });

  assert.equal(await session.signUp("user@example.com", "password"), true);
  assert.equal(await session.signUp("user@example.com", "password"), false);
});

function deferred() {
  let resolve;
  const promise = new Promise((it) => {
    resolve = it;
  });
  return { promise, resolve };
}
