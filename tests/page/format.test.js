import assert from "node:assert/strict";
import { test } from "node:test";
import { video } from "./fake-api.js";
import {
  aboutDuration,
  clock,
  fileSize,
  formatDate,
  isFinished,
  runningSeconds,
  STATUSES,
  timeAgo,
  truncate,
  usd,
  videoTitle,
  waitingText,
} from "../../functions/web/static/lib/format.js";

const table = (format, rows) => {
  for (const [input, text] of rows) assert.equal(format(input), text);
};

test("clock", () => {
  table(clock, [
    [-3, "0:00"],
    [0, "0:00"],
    [42.9, "0:42"],
    [725, "12:05"],
    [3600, "60:00"],
  ]);
});

test("durations", () => {
  table(aboutDuration, [
    [45, "about 45 s"],
    [60, "about 1 min"],
    [90, "about 1 min 30 s"],
  ]);
});

test("dollars have two digits", () => {
  table(usd, [
    [0, "$0.00"],
    [0.3, "$0.30"],
    [12.345, "$12.35"],
  ]);
});

test("file sizes", () => {
  table(fileSize, [
    [10, "1 kB"],
    [499_600, "500 kB"],
    [1_240_000, "1.2 MB"],
  ]);
});

test("times are relative for a week, and dates after it", () => {
  const now = Date.parse("2026-06-15T12:00:00Z");
  const ago = (seconds) => timeAgo(new Date(now - seconds * 1000).toISOString(), now);

  assert.equal(ago(59), "just now");
  assert.match(ago(90), /1 minute/);
  assert.match(ago(2 * 3600 + 5), /2 hours/);
  assert.match(ago(3 * 86400), /3 days/);
  assert.equal(ago(8 * 86400), formatDate("2026-06-07T12:00:00Z"));
});

test("a text is put on one line and cut by characters, not by code units", () => {
  assert.equal(truncate(" two\n lines "), "two lines");
  assert.equal(truncate("a".repeat(61)), `${"a".repeat(59)}…`);
  assert.equal(truncate("👩‍🚀 boats", 3).endsWith("…"), true);
  assert.equal(truncate("🎬🎬🎬🎬", 3), "🎬🎬…");
});

test("a video is called by its prompt, or by its type if a template wrote the prompt", () => {
  assert.equal(videoTitle(video({ prompt: "A boat" })), "A boat");
  assert.equal(videoTitle(video({ prompt: null, final_prompt: "Rendered", type: "user" })), "Rendered");
  assert.equal(videoTitle(video({ prompt: null, type: "token_reveal" })), "Token reveal");
});

test("a video is finished once the server no longer wants it to be polled", () => {
  assert.deepEqual(
    ["queued", "completed"].map((status) => isFinished(video({ status }))),
    [false, true],
  );
});

test("every status has a label, a description and a kind of badge", () => {
  for (const { label, description, badge } of Object.values(STATUSES))
    assert.deepEqual([typeof label, typeof description, typeof badge], ["string", "string", "string"]);
});

test("the clock of a generating video leaves out its time in the queue", () => {
  const times = {
    elapsed_seconds: 620,
    created_at: "2026-11-28T12:00:00.000Z",
    updated_at: "2026-11-28T12:10:00.000Z",
  };
  table(runningSeconds, [
    [video({ ...times, status: "processing" }), 20],
    [video({ ...times, status: "processing", elapsed_seconds: 599.9 }), 0],
    [video({ ...times, status: "queued" }), 620],
    [video({ ...times, status: "delayed" }), 620],
  ]);
});

test("a waiting video shows its place in the queue and when it may start", () => {
  const now = Date.parse("2026-11-28T12:00:00Z");
  const place = { position: 3, waits_for: "slot", expected_start_at: "2026-11-28T12:04:00Z" };
  assert.equal(waitingText(place, now), "Number 3 in line · starts in about 4 min");
  assert.equal(
    waitingText({ ...place, position: 1, expected_start_at: "2026-11-28T12:00:00Z" }, now),
    "Next in line · starts in about 1 min",
  );
  assert.equal(
    waitingText({ ...place, expected_start_at: "2026-11-28T12:01:20Z" }, now),
    "Number 3 in line · starts in about 1 min",
  );
  assert.equal(waitingText({ ...place, position: 200 }, now).startsWith("Number 200+ in line"), true);
  assert.equal(
    waitingText({ ...place, waits_for: "provider" }, now),
    "The provider is busy. Your video keeps its place.",
  );
  assert.equal(
    waitingText({ ...place, waits_for: "outage" }, now),
    "The provider is not answering. Your video keeps its place and starts when it does.",
  );
  assert.equal(waitingText(null), "");
});
