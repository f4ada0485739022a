import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import "./browser.js";
import { currentRoute, replaceQuery, viewHash } from "../../functions/web/static/lib/router.js";

beforeEach(() => {
  location.hash = "";
});

function routeOf(hash) {
  location.hash = hash;
  return currentRoute();
}

test("the URL hash names the view and its filters", () => {
  assert.deepEqual(routeOf(""), { parts: [], query: {} });
  assert.deepEqual(routeOf("#/?status=failed"), { parts: [], query: { status: "failed" } });
  assert.deepEqual(routeOf("#/communities/sophia?type=promo&model=kling-2.6"), {
    parts: ["communities", "sophia"],
    query: { type: "promo", model: "kling-2.6" },
  });
});

test("a part that cannot be decoded stays as it is", () => {
  assert.deepEqual(routeOf("#/communities/%E0%A4%A").parts, ["communities", "%E0%A4%A"]);
});

test("a view's hash can be parsed again, whatever its parts contain", () => {
  assert.deepEqual(routeOf(viewHash("communities", "a/b?c#d é")).parts, ["communities", "a/b?c#d é"]);
});

test("filters replace the query, and empty ones are left out", () => {
  location.hash = "#/communities/sophia?type=promo";

  replaceQuery({ status: "failed", type: undefined, model: "" });
  assert.equal(location.hash, "#/communities/sophia?status=failed");
  replaceQuery({});
  assert.equal(location.hash, "#/communities/sophia");
});

test("filters of the home view get a path", () => {
  replaceQuery({ status: "failed" });

  assert.equal(location.hash, "#/?status=failed");
});
