import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { respond, authorize, requests, resetApi, video } from "./fake-api.js";
import { remixChanges, remixDraft } from "../../functions/web/static/data/remix.js";
import * as api from "../../functions/web/static/data/api.js";
import { replacementOf } from "../../functions/web/static/data/replacement.js";
import { retryVideo, retryWithSuccessor } from "../../functions/web/static/data/retry.js";
import { model } from "./models.js";

const keys = () => requests.map((it) => it.headers["Idempotency-Key"]);

beforeEach(() => {
  resetApi();
  authorize();
  api.models.forget();
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

const SHOTS = [
  { prompt: "A", duration_seconds: 4 },
  { prompt: "B", duration_seconds: 6 },
];
const original = video({
  prompt: "A boat",
  negative_prompt: "rain",
  seed: 7,
  model: "kling-2.6",
  duration_seconds: 10,
  aspect_ratio: "16:9",
  resolution: "1080p",
  sound: true,
  shots: SHOTS,
  cfg_scale: 0,
  end_image_url: "upload:end",
  reference_image_urls: ["upload:one"],
  source_image_url: "upload:abc",
  thumbnail_url: "https://keepreel.test/t.jpg",
});

test("a remix form starts with everything but the seed, which would produce the same video", () => {
  const draft = remixDraft(original);

  assert.equal(draft.text, "A boat");
  assert.deepEqual(draft.settings, {
    model: "kling-2.6",
    duration_seconds: 10,
    aspect_ratio: "16:9",
    resolution: "1080p",
    negative_prompt: "rain",
    sound: true,
    shots: SHOTS,
    has_shots: true,
    cfg_scale: 0,
    motions: null,
    enhance_prompt: null,
    camera_movement: null,
    watermark: null,
    variations: 1,
  });
  assert.deepEqual([draft.end.name, draft.references.map((it) => it.name)], ["upload:end", ["upload:one"]]);
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
    sound: true,
    shots: SHOTS.map((it) => ({ ...it })),
    watermark: false,
    cfg_scale: 0,
    end_image: "upload:end",
    reference_images: ["upload:one"],
    variations: 1,
  };

  assert.deepEqual(remixChanges(original, form), { negative_prompt: null, seed: null, aspect_ratio: "9:16" });
  assert.deepEqual(remixChanges(original, { ...form, seed: 7, variations: 2, source_image: null }), {
    negative_prompt: null,
    aspect_ratio: "9:16",
    variations: 2,
    source_image: null,
  });
  assert.deepEqual(remixChanges(original, { sound: false, shots: null, cfg_scale: null, end_image: null }), {
    sound: false,
    shots: null,
    cfg_scale: null,
    end_image: null,
  });
});

test("a video whose model is not offered any more is retried with the model that replaces it", async () => {
  const failed = video({ status: "failed", model: "gone" });
  const created = [video({ status: "queued" })];
  respond("/v1/models", { models: [model({ id: "new", name: "New" })] });
  respond(failed.links.remix, { model: "new", cost: { estimated_usd: 0.21 } });
  respond(failed.links.remix, { videos: created });

  const replacement = await replacementOf(failed);
  const videos = await retryWithSuccessor(failed);

  assert.deepEqual(replacement, { id: "new", name: "New", usd: 0.21 });
  assert.deepEqual(videos, created);
  assert.deepEqual(
    requests.slice(1).map((it) => it.body),
    [{ allow_successor: true, dry_run: true }, { allow_successor: true }],
  );
});

test("after a refusal of a model, the models are fetched again", async () => {
  const failed = video({ status: "failed", model: "plain" });
  respond("/v1/models", { models: [model()] });
  respond(failed.links.retry, { status: 422, body: { code: "model_unavailable", detail: "Plain is not available." } });
  respond("/v1/models", { models: [] });

  await api.models();
  await assert.rejects(retryVideo(failed), { message: "Plain is not available." });

  assert.deepEqual(await api.models(), []);
});
