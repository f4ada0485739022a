import assert from "node:assert/strict";
import { test } from "node:test";
import "./browser.js";
import { Problem } from "../../functions/web/static/data/api.js";
import { sortErrors } from "../../functions/web/static/data/form-errors.js";

const FIELDS = { prompt: ["prompt", "template", "variables"], seed: ["seed"] };
const problem = (errors, status = 400) => new Problem({ status, code: "invalid", detail: "Invalid.", errors });

test("without an error nothing is shown", () => {
  assert.deepEqual(sortErrors(null, FIELDS), {
    byField: { prompt: null, seed: null },
    other: null,
    isTransient: false,
  });
});

test("an error of a field is shown beside it, under any of its names", () => {
  const { byField, other } = sortErrors(problem([{ pointer: "/variables/place", detail: "Too long." }]), FIELDS);

  assert.deepEqual([byField, other], [{ prompt: "Too long.", seed: null }, null]);
});

test("errors of other fields follow the message", () => {
  const errors = [
    { pointer: "/seed", detail: "Too high." },
    { pointer: "/model", detail: "Unknown model." },
  ];
  const { byField, other } = sortErrors(problem(errors), FIELDS);

  assert.deepEqual([byField.seed, other], ["Too high.", "Invalid. Unknown model."]);
});

test("an error without fields is its message", () => {
  assert.equal(sortErrors(new Error("Broken."), FIELDS).other, "Broken.");
});

test("network and server errors are transient, refusals are not", () => {
  assert.deepEqual(
    [0, 500, 503, 400, 429].map((status) => sortErrors(problem([], status), FIELDS).isTransient),
    [true, true, true, false, false],
  );
});
