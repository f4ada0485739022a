/** The server's verdicts on every combination of some models' values; tests/unit/models checks them against the server. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { brokenRules, fit, obstacle, offered, ruleValues } from "../../functions/web/static/data/option-rules.js";
import { estimateUsd } from "../../functions/web/static/data/prices.js";

const { models, cases } = JSON.parse(readFileSync(new URL("model-cases.json", import.meta.url), "utf8"));
const modelOf = ({ model: id }) => models.find((it) => it.id === id);
const countBroken = (model, fields, flow) => brokenRules(model, ruleValues(fields, flow)).length;

test("the page finds as many broken rules as the server", () => {
  const found = cases.filter((it) => countBroken(modelOf(it), it.fields, it.flow) !== it.broken);

  assert.deepEqual(found, []);
});

test("the page's price is the server's", () => {
  const prices = cases.map((it) => estimateUsd(modelOf(it), ruleValues(it.fields, it.flow)) * 100);

  assert.deepEqual(
    prices.map((it) => Math.round(it)),
    cases.map((it) => it.cents),
  );
});

test("a fitted request breaks no rule, and a valid request is not changed", () => {
  for (const { model: id, flow, fields, broken } of cases) {
    const model = modelOf({ model: id });
    const fitted = fit(model, fields, { flow });

    assert.ok(fitted.isValid, JSON.stringify({ id, flow, fields }));
    assert.equal(countBroken(model, fitted.fields, flow), 0);
    if (broken === 0) assert.deepEqual(fitted.fields, fields);
  }
});

test("whatever can be chosen leads to a request that breaks no rule and keeps all options", () => {
  for (const { model: id, flow, fields } of cases.filter((it) => it.broken === 0)) {
    const model = modelOf({ model: id });
    for (const field of ["resolution", "duration_seconds"])
      for (const value of offered(model, field)) {
        if (obstacle(model, fields, { flow, field, value })) continue;
        const after = fit(model, { ...fields, [field]: value }, { flow, pinned: [field] });

        assert.deepEqual([after.isValid, after.fields[field]], [true, value]);
        for (const name of Object.keys(model.options)) assert.deepEqual(after.fields[name], fields[name]);
      }
  }
});
