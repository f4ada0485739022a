import assert from "node:assert/strict";
import { test } from "node:test";
import "./browser.js";
import { nextItem } from "../../functions/web/static/lib/grid-navigation.js";
import { ignoreHeldEnter } from "../../functions/web/static/lib/no-key-repeat.js";

/** Items in rows of three: 0 1 2 / 3 4 5 / 6. */
const items = Array.from({ length: 7 }, (_, index) => ({
  index,
  getBoundingClientRect: () => ({ top: Math.floor(index / 3) * 100, left: (index % 3) * 50 }),
}));
const from = (index, key) => nextItem(items, items[index], key)?.index;

test("left and right follow the order, and stop at the ends", () => {
  assert.deepEqual([from(2, "ArrowRight"), from(6, "ArrowRight")], [3, 6]);
  assert.deepEqual([from(3, "ArrowLeft"), from(0, "ArrowLeft")], [2, 0]);
});

test("up and down lead to the nearest item of the next row", () => {
  assert.deepEqual([from(1, "ArrowDown"), from(4, "ArrowUp")], [4, 1]);
  assert.deepEqual([from(5, "ArrowDown"), from(6, "ArrowUp")], [6, 3]);
  assert.deepEqual([from(1, "ArrowUp"), from(6, "ArrowDown")], [1, 6]);
});

test("in one column, up and down follow the order", () => {
  const column = items
    .slice(0, 3)
    .map((it, index) => ({ ...it, getBoundingClientRect: () => ({ top: index * 90, left: 0 }) }));

  assert.equal(nextItem(column, column[0], "ArrowDown"), column[1]);
  assert.equal(nextItem(column, column[2], "ArrowUp"), column[1]);
});

test("Home and End lead to the ends, and other keys nowhere", () => {
  assert.deepEqual([from(4, "Home"), from(1, "End"), from(1, "Enter"), from(1, "a")], [0, 6, undefined, undefined]);
});

const isPrevented = (fields) => {
  let prevented = false;
  const target = { localName: fields.target ?? "button" };
  ignoreHeldEnter({ composedPath: () => [target], preventDefault: () => (prevented = true), ...fields });
  return prevented;
};

test("a held Enter key is ignored, except in a textarea", () => {
  assert.equal(isPrevented({ key: "Enter", repeat: true }), true);
  assert.equal(isPrevented({ key: "Enter", repeat: false }), false);
  assert.equal(isPrevented({ key: "a", repeat: true }), false);
  assert.equal(isPrevented({ key: "Enter", repeat: true, target: "textarea" }), false);
});
