import assert from "node:assert/strict";
import { test } from "node:test";
import { video } from "./fake-api.js";
import { matchesSearch } from "../../functions/web/static/data/search.js";

const it = video({ prompt: "A red kite over the sea", final_prompt: "Rendered prompt", model: "kling-2.6" });

test("all words must be found, in any order and case", () => {
  for (const query of ["", "  ", "SEA red", "kit", "rendered", "kling", "title"])
    assert.equal(matchesSearch(it, "The title", query), true);
  for (const query of ["red boat", "seared"]) assert.equal(matchesSearch(it, "The title", query), false);
});

test("a query is text and no pattern", () => {
  assert.equal(matchesSearch(it, "", ".*"), false);
  assert.equal(matchesSearch(video({ prompt: "50% (half)" }), "", "50% (half)"), true);
});
