import assert from "node:assert/strict";
import { test } from "node:test";
import "./browser.js";
import { cropSize, maxZoom } from "../../functions/web/static/data/source-image.js";

test("the largest crop of an aspect ratio touches two sides", () => {
  const image = { width: 1600, height: 900 };

  assert.deepEqual(cropSize(image, "16:9"), { width: 1600, height: 900 });
  assert.deepEqual(cropSize(image, "1:1"), { width: 900, height: 900 });
  assert.deepEqual(cropSize({ width: 900, height: 1600 }, "16:9"), { width: 900, height: 506.25 });
});

test("the zoom leaves the minimum side of the crop, and is at most 4", () => {
  assert.equal(maxZoom({ width: 600, height: 900 }, "1:1", 300), 2);
  assert.equal(maxZoom({ width: 300, height: 900 }, "1:1", 300), 1);
  assert.equal(maxZoom({ width: 200, height: 200 }, "1:1", 300), 1);
  assert.equal(maxZoom({ width: 6000, height: 6000 }, "1:1", 300), 4);
  assert.equal(maxZoom({ width: 900, height: 900 }, "1:1", 600), 1.5);
  assert.equal(maxZoom({ width: 200, height: 200 }, "1:1", 0), 4);
});
