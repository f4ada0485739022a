import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { respond, authorize, requests, resetApi } from "./fake-api.js";
import { Problem } from "../../functions/web/static/data/api.js";
import { errorsByField, isTaken, suggestId, validate } from "../../functions/web/static/data/community-fields.js";

beforeEach(() => {
  resetApi();
  authorize();
});

test("a name is required", () => {
  assert.deepEqual(validate({ name: "" }), { name: "Enter a name." });
  assert.deepEqual(validate({ name: "Sophia" }), {});
});

test("an address has letters, digits, - and _, and starts with a letter or a digit", () => {
  for (const id of ["sophia", "S0-_x", "9", "a".repeat(64)]) assert.deepEqual(validate({ name: "Sophia", id }), {});
  for (const id of ["", "-a", "_a", "a b", "é", "a/b", "a".repeat(65)])
    assert.match(validate({ name: "Sophia", id }).id, /Start with a letter/);
});

test("the address of the form itself is reserved", () => {
  assert.match(validate({ name: "Sophia", id: "new" }).id, /reserved/);
});

test("an address is suggested from the name", () => {
  const fallback = "community-1";

  assert.equal(suggestId("Friends of Zoë!", { fallback }), "friends-of-zoe");
  assert.equal(suggestId("  --  ", { fallback }), fallback);
  assert.equal(suggestId("Друзья", { fallback }), fallback);
  assert.equal(suggestId("", { fallback }), "");
  assert.equal(suggestId("a".repeat(100), { fallback }).length, 64);
});

const problem = (errors, status = 400) => new Problem({ status, code: "invalid", detail: "Invalid.", errors });

test("errors are shown beside their fields, and others for the whole form", () => {
  const error = problem([{ pointer: "/token_symbol", detail: "Too long." }]);

  assert.deepEqual(errorsByField(error, { isNew: true }), { token_symbol: "Too long." });
  assert.deepEqual(errorsByField(problem([]), { isNew: true }), { form: "Invalid." });
  assert.deepEqual(errorsByField(new Error("Broken."), { isNew: false }), { form: "Broken." });
});

test("an address of another user is an error of the address, for a new community only", () => {
  assert.deepEqual(errorsByField(problem([], 404), { isNew: true }), { id: "Invalid." });
  assert.deepEqual(errorsByField(problem([], 404), { isNew: false }), { form: "Invalid." });
});

test("an address is taken if any page of the user's communities has it", async () => {
  respond("/v1/communities?limit=100", { communities: [{ id: "a" }], next_cursor: "c1" }, { times: 2 });
  respond("/v1/communities?limit=100&cursor=c1", { communities: [{ id: "b" }], next_cursor: null }, { times: 2 });

  assert.equal(await isTaken("b"), true);
  assert.equal(await isTaken("c"), false);
  assert.equal(requests.length, 4);
});
