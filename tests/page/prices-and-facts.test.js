import assert from "node:assert/strict";
import { test } from "node:test";
import { video } from "./fake-api.js";
import { estimateUsd } from "../../functions/web/static/data/prices.js";
import { videoFacts } from "../../functions/web/static/data/video-facts.js";

const model = (usdPerSecond) => ({ usd_per_second: { "1080p": usdPerSecond } });

test("a price is in whole cents per video, rounded up", () => {
  const settings = { duration_seconds: 5, resolution: "1080p", variations: 1 };

  assert.equal(estimateUsd(model(0.056), settings), 0.28);
  assert.equal(estimateUsd(model(0.0561), settings), 0.29);
  assert.equal(estimateUsd(model(0.0561), { ...settings, variations: 3 }), 0.87);
});

test("binary fractions do not raise a price by a cent", () => {
  assert.equal(estimateUsd(model(0.07), { duration_seconds: 10, resolution: "1080p" }), 0.7);
  assert.equal(estimateUsd(model(0.29), { duration_seconds: 1, resolution: "1080p" }), 0.29);
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
const factsOf = (fields) => Object.fromEntries(videoFacts(record(fields), "Kling 2.6"));

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
