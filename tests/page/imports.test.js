import assert from "node:assert/strict";
import { test } from "node:test";
import { upwardImports } from "./check-imports.js";

test("an import from the same or a lower folder is allowed", () => {
  const files = {
    "page.js": 'import("./components/app/keepreel-app.js");',
    "data/api.js": 'import { Problem } from "./http.js"; import { h } from "../lib/dom.js";',
    "components/gallery/video-card.js": 'import "../video/video-player.js";',
  };

  assert.deepEqual(upwardImports(files), []);
});

for (const [path, text] of Object.entries({
  "lib/dom.js": 'import { session } from "../data/session.js";',
  "data/api.js": 'import "../components/video/video-player.js";',
  "components/video/video-player.js": 'await import("../create/request-form.js");',
  "components/app/home-view.js": 'export { x } from "../../page.js";',
}))
  test(`an upward import in ${path} is reported`, () => {
    assert.equal(upwardImports({ [path]: text }).length, 1);
  });

test("a folder without a layer is an error", () => {
  assert.throws(() => upwardImports({ "components/new/x.js": 'import "../../lib/dom.js";' }), /add the folder/);
});
