import assert from "node:assert/strict";
import { test } from "node:test";
import { video } from "./fake-api.js";
import { model } from "./models.js";
import { estimateUsd } from "../../functions/web/static/data/prices.js";
import { videoFacts } from "../../functions/web/static/data/video-facts.js";

const modelAt = (usdPerSecond) => model({ prices: [{ when: {}, usd_per_second: usdPerSecond, usd_per_video: null }] });

test("a price is in whole cents per video, rounded up", () => {
  const settings = { duration_seconds: 5, resolution: "1080p", variations: 1 };

  assert.equal(estimateUsd(modelAt(0.056), settings), 0.28);
  assert.equal(estimateUsd(modelAt(0.0561), settings), 0.29);
  assert.equal(estimateUsd(modelAt(0.0561), { ...settings, variations: 3 }), 0.87);
});

test("binary fractions do not raise a price by a cent", () => {
  assert.equal(estimateUsd(modelAt(0.07), { duration_seconds: 10, resolution: "1080p" }), 0.7);
  assert.equal(estimateUsd(modelAt(0.29), { duration_seconds: 1, resolution: "1080p" }), 0.29);
});

const record = (fields) =>
  video({
    duration_seconds: 5,
    aspect_ratio: "16:9",
    resolution: "720p",
    template: null,
    seed: null,
    batch_index: null,
    width: 1280,
    height: 720,
    size_bytes: 1_240_000,
    cost: { estimated_usd: 0.28, actual_usd: 0.28 },
    counts: { views: 1, shares: 0, downloads: 2 },
    created_at: "2026-06-01T10:00:00Z",
    completed_at: "2026-06-01T10:01:30Z",
    elapsed_seconds: 90.4,
    ...fields,
  });
const factsOf = (fields, details = {}) => Object.fromEntries(videoFacts(record(fields), "Kling 2.6", details));

test("the facts of a completed video", () => {
  const { Created, Completed, ...facts } = factsOf({});

  assert.deepEqual(facts, {
    Model: "Kling 2.6",
    Settings: "5 s, 16:9, 720p",
    File: "1280 × 720, 1.2 MB",
    Cost: "$0.28",
    Views: "1 view, 0 shares, 2 downloads",
  });
  assert.match(Completed, /about 1 min 30 s$/);
  assert.ok(Created);
});

test("a fact that a video lacks is left out", () => {
  const facts = factsOf({ status: "failed", size_bytes: null, completed_at: null });

  assert.deepEqual(
    ["File", "Completed", "Views", "Template", "Seed"].filter((it) => it in facts),
    [],
  );
});

test("facts of templates, seeds, variations and types", () => {
  const facts = factsOf({ type: "promo", template: { id: "rain", version: 2 }, seed: 7, batch_index: 0 });

  assert.deepEqual([facts.Type, facts.Template, facts.Seed, facts.Variation], ["Promo", "rain, version 2", 7, 1]);
});

test("the cost says whether it is estimated", () => {
  assert.equal(factsOf({ cost: { estimated_usd: 0.28, actual_usd: null } }).Cost, "$0.28 (estimated)");
  assert.equal(factsOf({ cost: { estimated_usd: 0.28, actual_usd: 0.3 } }).Cost, "$0.30 (estimated $0.28)");
});

test("what was delivered is named where it is not what was asked for", () => {
  assert.equal(factsOf({ delivered_resolution: "720p" }).Delivered, undefined);
  assert.equal(factsOf({ resolution: "1080p", delivered_resolution: "720p" }).Delivered, "720p (1080p requested)");
});

test("the model that was used is named with the one that was asked for", () => {
  assert.equal(factsOf({ requested_model: "kling-v2-1" }).Model, "Kling 2.6 instead of kling-v2-1");
});

test("facts of the options that were used", () => {
  const facts = factsOf({
    sound: true,
    watermark: false,
    cfg_scale: 0.5,
    motions: [{ id: "dolly-in", strength: 0.8 }],
    camera_movement: "pan",
    provider_task_id: "task-1",
  });

  assert.deepEqual(
    [facts.Sound, facts.Watermark, facts["Prompt strength"], facts["Camera motions"], facts["Camera movement"]],
    ["On", "Off", 0.5, "dolly-in (0.8)", "pan"],
  );
  assert.deepEqual([facts["Provider task ID"], facts["Enhance prompt"]], ["task-1", undefined]);
});

test("the bill is shown as the provider counts", () => {
  assert.equal(factsOf({}, { bill: { usd: 0.21, billed_as: { units: 1.5 } } })["Billed as"], "1.5 units");
  assert.equal(factsOf({}, { bill: { usd: 0.21, billed_as: {} } })["Billed as"], undefined);
  assert.equal(factsOf({}, { bill: { usd: 0.21, billed_as: { cash_usd: 0.21 } } })["Billed as"], "$0.21 in cash");
});
