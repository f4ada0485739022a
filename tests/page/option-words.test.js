import assert from "node:assert/strict";
import { test } from "node:test";
import { fieldLabel, ruleText, valueText } from "../../functions/web/static/data/option-words.js";

const text = (when, needs) => ruleText({ when, needs });

test("a rule is a sentence", () => {
  assert.equal(text({ sound: [true] }, { resolution: ["1080p"] }), "Sound needs 1080p.");
  assert.equal(text({ end_image: [true] }, { sound: [false] }), "An end frame cannot be combined with sound.");
  assert.equal(text({ shots: [true] }, { flow: ["image"] }), "Several shots need a source image.");
  assert.equal(text({ resolution: ["4k"] }, { duration_seconds: [5, 10] }), "4K needs 5 s or 10 s.");
  assert.equal(text({ duration_seconds: [15] }, { flow: ["text"] }), "15 s cannot be combined with a source image.");
});

test("a rule with several conditions names them all", () => {
  assert.equal(
    text({ flow: ["image"], end_image: [false] }, { duration_seconds: [3, 4, 5] }),
    "A source image without an end frame needs 3 to 5 s.",
  );
  assert.equal(
    text({ sound: [true], end_image: [true] }, { resolution: ["1080p"], aspect_ratio: ["16:9"] }),
    "Sound with an end frame needs 1080p and 16:9.",
  );
  assert.equal(text({ sound: [false] }, { resolution: ["720p"] }), "A video without sound needs 720p.");
});

test("only the broken part of a rule is mentioned", () => {
  const rule = { when: { end_image: [true] }, needs: { sound: [false], resolution: ["1080p"] } };

  assert.equal(ruleText(rule, ["resolution"]), "An end frame needs 1080p.");
});

test("an option that the page does not know is named by its field", () => {
  assert.equal(text({ lip_sync: [true] }, { sound: [true] }), "Lip sync needs sound.");
  assert.deepEqual([fieldLabel("lip_sync"), valueText("resolution", "4k")], ["lip sync", "4K"]);
});
