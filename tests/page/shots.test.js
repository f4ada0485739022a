import assert from "node:assert/strict";
import { test } from "node:test";
import * as editing from "../../functions/web/static/data/shots.js";

const shots = (...seconds) => seconds.map((it) => ({ prompt: "A", duration_seconds: it }));
const seconds = (list) => list.map((it) => it.duration_seconds);

test("the first shots divide the duration, and the first one has the prompt so far", () => {
  const first = editing.firstShots("A boat", 5);

  assert.deepEqual([first[0].prompt, first[1].prompt, editing.total(first)], ["A boat", "", 5]);
});

test("an added shot divides the seconds evenly", () => {
  assert.deepEqual(seconds(editing.withAddedShot(shots(6, 4), 10)), [3, 4, 3]);
});

test("a removed shot gives its seconds to its neighbor", () => {
  assert.deepEqual(seconds(editing.withoutShot(shots(2, 3, 5), 1)), [5, 5]);
  assert.deepEqual(seconds(editing.withoutShot(shots(2, 3, 5), 0)), [5, 5]);
});

test("a changed length is balanced by the next shot, which keeps a second", () => {
  assert.deepEqual(seconds(editing.withSeconds(shots(5, 5), 0, 8)), [8, 2]);
  assert.deepEqual(seconds(editing.withSeconds(shots(5, 5), 1, 99)), [1, 9]);
  assert.deepEqual(seconds(editing.withSeconds(shots(5, 5), 0, Number.NaN)), [1, 9]);
  assert.equal(editing.maxSeconds(shots(5), 0), 5);
});

test("shots follow another duration in their proportions", () => {
  assert.deepEqual(seconds(editing.fitShots(shots(2, 8), 5)), [1, 4]);
  assert.deepEqual(seconds(editing.fitShots(shots(1, 1, 1, 1, 1, 1), 3)), [1, 1, 1]);
  assert.equal(editing.fitShots(shots(1, 1, 1), 3, { maxShots: 2 }).length, 2);
});

test("every combination adds up and leaves each shot a second", () => {
  for (let count = 1; count <= 6; count += 1)
    for (let total = count; total <= 30; total += 1) {
      const fitted = editing.fitShots(shots(...Array.from({ length: count }, (_, i) => i + 1)), total);

      assert.equal(editing.total(fitted), total);
      assert.ok(fitted.every((it) => it.duration_seconds >= 1));
    }
});
