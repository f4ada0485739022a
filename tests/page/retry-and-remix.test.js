import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { respond, authorize, requests, resetApi, video } from "./fake-api.js";
import { remixChanges, remixDraft } from "../../functions/web/static/data/remix.js";
import { retryVideo } from "../../functions/web/static/data/retry.js";

const keys = () => requests.map((it) => it.headers["Idempotency-Key"]);

beforeEach(() => {
  resetApi();
  authorize();
});

test("a retry has one key per video, wherever it is clicked", async () => {
  const failed = video({ status: "failed" });
  const created = [video({ status: "queued" })];
  respond(failed.links.retry, { videos: created }, { times: 2 });

  const found = await Promise.all([retryVideo(failed), retryVideo(failed)]);

  assert.deepEqual(found, [created, created]);
  assert.deepEqual(keys(), [`retry-${failed.id}`, `retry-${failed.id}`]);
});

test("if the retried video has failed too, that one is retried", async () => {
  const [first, second] = [video({ status: "failed" }), video({ status: "failed" })];
  const created = [video({ status: "queued" })];
  respond(first.links.retry, { videos: [second] });
  respond(second.links.retry, { videos: created });

  assert.deepEqual(await retryVideo(first), created);
});

test("if the retried video was deleted, a new one is created", async () => {
  const failed = video({ status: "failed" });
  const created = [video({ status: "queued" })];
  respond(failed.links.retry, { status: 410, body: { code: "gone", detail: "Deleted." } });
  respond(failed.links.retry, { videos: created });

  assert.deepEqual(await retryVideo(failed), created);
  assert.equal(new Set(keys()).size, 2);
});

test("another refusal of a retry is an error", async () => {
  const failed = video({ status: "failed" });
  respond(failed.links.retry, { status: 409, body: { code: "quota", detail: "Limit reached." } });

  await assert.rejects(retryVideo(failed), { message: "Limit reached." });
});

const original = video({
  prompt: "A boat",
  negative_prompt: "rain",
  seed: 7,
  model: "kling-2.6",
  duration_seconds: 10,
  aspect_ratio: "16:9",
  resolution: "1080p",
  source_image_url: "upload:abc",
  thumbnail_url: "https://keepreel.test/t.jpg",
});

test("a remix form starts with everything but the seed, which would produce the same video", () => {
  const draft = remixDraft(original);

  assert.equal(draft.text, "A boat");
  assert.deepEqual(draft.options, { negative_prompt: "rain", seed: null });
  assert.deepEqual(draft.settings, {
    model: "kling-2.6",
    duration_seconds: 10,
    aspect_ratio: "16:9",
    resolution: "1080p",
    variations: 1,
  });
  assert.deepEqual([draft.source.name, draft.source.url], ["upload:abc", "https://keepreel.test/t.jpg"]);
  assert.equal(draft.remixed, original);
});

test("a template's video is remixed with the prompt that the template rendered", () => {
  const draft = remixDraft(video({ prompt: null, final_prompt: "Rendered", source_image_url: null }));

  assert.deepEqual([draft.text, draft.source], ["Rendered", null]);
});

test("a remix request contains only what changed, and null removes a field", () => {
  const form = {
    prompt: "A boat",
    negative_prompt: null,
    seed: null,
    model: "kling-2.6",
    aspect_ratio: "9:16",
    source_image: "upload:abc",
    variations: 1,
  };

  assert.deepEqual(remixChanges(original, form), { negative_prompt: null, seed: null, aspect_ratio: "9:16" });
  assert.deepEqual(remixChanges(original, { ...form, seed: 7, variations: 2, source_image: null }), {
    negative_prompt: null,
    aspect_ratio: "9:16",
    variations: 2,
    source_image: null,
  });
});
