import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { settle } from "./browser.js";
import { respond, authorize, later, page, requests, resetApi, video } from "./fake-api.js";
import { GenerationFailed, Problem, useGenerateVideo } from "../../functions/web/static/data/generate-video.js";

const PATH = "/v1/videos";
let heard;

beforeEach(() => {
  resetApi();
  authorize();
  heard = { updates: [], completed: [] };
  mock.timers.enable({ apis: ["setTimeout"] });
});
afterEach(() => mock.timers.reset());

const listeners = {
  onUpdate: (it) => heard.updates.push(it.status),
  onComplete: (it) => heard.completed.push(it),
};

async function pass(seconds) {
  await settle();
  mock.timers.tick(seconds * 1000);
  await settle();
}

const queued = (fields) => video({ status: "queued", ...fields });

test("generate reports each status and resolves to the saved record", async () => {
  const it = queued();
  const saved = later(it, { status: "completed", video_url: "https://keepreel.test/v.mp4" }, 9);
  respond(PATH, { videos: [it] });
  for (const status of ["processing", "saving"]) respond(it.links.self, later(it, { status }));
  respond(it.links.self, saved);

  const result = useGenerateVideo(listeners).generate({ prompt: "A boat" });
  for (let poll = 0; poll < 3; poll += 1) await pass(2);

  assert.deepEqual(await result, saved);
  assert.deepEqual(heard, { updates: ["queued", "processing", "saving", "completed"], completed: [saved] });
});

test("history and price use the owner's path", async () => {
  const path = "/v1/communities/sophia/videos";
  const { history, price } = useGenerateVideo({ communityId: "sophia" });
  respond(`${path}?limit=5`, page([video({ path })]));
  respond(path, { cost: { estimated_usd: 0.28 }, remaining: {} });

  assert.equal((await history({ limit: 5 })).videos.length, 1);
  assert.equal((await price({ type: "promo" })).cost.estimated_usd, 0.28);
  assert.deepEqual(requests[1].body, { type: "promo", dry_run: true });
});

for (const [name, end, message] of [
  [
    "failed",
    (it) => later(it, { status: "failed", error: { code: "x", message: "Out of memory." } }),
    "Out of memory.",
  ],
  ["canceled", (it) => later(it, { status: "canceled" }), "The video was canceled."],
  ["deleted", () => ({ status: 404, body: { code: "not_found", detail: "No." } }), "The video was deleted."],
])
  test(`a ${name} video rejects with GenerationFailed`, async () => {
    const it = queued();
    respond(PATH, { videos: [it] });
    respond(it.links.self, end(it));

    const error = useGenerateVideo(listeners)
      .generate({ prompt: "A boat" })
      .catch((reason) => reason);
    await pass(2);

    assert.ok((await error) instanceof GenerationFailed);
    assert.equal((await error).message, message);
    assert.deepEqual(heard.completed, []);
  });

test("a refused request rejects with the problem and its fields", async () => {
  const errors = [{ pointer: "/prompt", detail: "Empty." }];
  respond(PATH, { status: 400, body: { code: "invalid", detail: "Invalid.", errors } });

  const error = await useGenerateVideo()
    .generate({ prompt: "" })
    .catch((it) => it);

  assert.ok(error instanceof Problem);
  assert.deepEqual([error.status, error.of("prompt")], [400, "Empty."]);
});

test("aborting the signal ends the polling, not the generation", async () => {
  const aborter = new AbortController();
  const it = queued();
  respond(PATH, { videos: [it] });

  const error = useGenerateVideo({ ...listeners, signal: aborter.signal })
    .generate({ prompt: "A boat" })
    .catch((e) => e);
  await settle();
  aborter.abort();
  await pass(60);

  assert.equal((await error).name, "AbortError");
  assert.deepEqual([heard.updates, requests.length], [["queued"], 1]);
});

test("a component that was mounted twice creates one video, and hears nothing after it is unmounted", async () => {
  const it = queued();
  respond(PATH, { videos: [it] });
  const mount = () => {
    const aborter = new AbortController();
    const { generate } = useGenerateVideo({ ...listeners, signal: aborter.signal });
    return { click: () => generate({ prompt: "A boat" }).catch(() => {}), unmount: () => aborter.abort() };
  };

  mount().unmount();
  const component = mount();
  component.click();
  await settle();
  component.unmount();
  await pass(60);

  assert.deepEqual([heard.updates, requests.length], [["queued"], 1]);
});

test("an end frame and references are uploaded like the image", async () => {
  for (const name of ["upload:a", "upload:b", "upload:c"])
    respond("/v1/uploads", { upload: { url: "https://bucket.test/", fields: {} }, source_image: name });
  respond("https://bucket.test/", { status: 204 }, { times: 3 });
  respond(PATH, { videos: [] });
  const image = new Blob(["image"], { type: "image/png" });

  await useGenerateVideo().start({
    prompt: "A boat",
    source_image: image,
    end_image: image,
    reference_images: [image, "upload:known"],
  });

  assert.deepEqual(requests.at(-1).body, {
    prompt: "A boat",
    source_image: "upload:a",
    end_image: "upload:b",
    reference_images: ["upload:c", "upload:known"],
  });
});

test("an image is uploaded first, and its name is sent", async () => {
  respond("/v1/uploads", { upload: { url: "https://bucket.test/", fields: { key: "k" } }, source_image: "upload:a" });
  respond("https://bucket.test/", { status: 204 });
  respond(PATH, { videos: [] });

  await useGenerateVideo().start({ prompt: "A boat", source_image: new Blob(["image"], { type: "image/png" }) });

  assert.deepEqual(requests[0].body, { content_type: "image/png" });
  assert.deepEqual([...requests[1].body.keys()], ["key", "file"]);
  assert.deepEqual(requests[2].body, { prompt: "A boat", source_image: "upload:a" });
});

test("each variation is reported", async () => {
  const videos = [0, 1, 2].map((index) => queued({ batch_id: "b", batch_index: index }));
  respond(PATH, { videos });
  respond(`${PATH}?status=unfinished&limit=100`, page([]));
  for (const it of videos) respond(it.links.self, later(it, { status: it.batch_index === 1 ? "failed" : "completed" }));

  const first = useGenerateVideo(listeners).generate({ prompt: "A boat", variations: 3 });
  await pass(2);

  assert.equal((await first).batch_index, 0);
  assert.deepEqual(
    heard.completed.map((it) => it.batch_index),
    [0, 2],
  );
  assert.deepEqual(heard.updates.slice(3).sort(), ["completed", "completed", "failed"]);
});

test("a request has a new key, or the given one", async () => {
  respond(PATH, { videos: [] }, { times: 3 });
  const { start } = useGenerateVideo();

  await start({ prompt: "A boat" });
  await start({ prompt: "A boat" });
  await start({ prompt: "A boat" }, { key: "ours" });

  const keys = requests.map((it) => it.headers["Idempotency-Key"]);
  assert.equal(new Set(keys).size, 3);
  assert.equal(keys[2], "ours");
});

test("a temporary 401 does not end the polling", async () => {
  const it = queued();
  respond(PATH, { videos: [it] });
  respond(it.links.self, { status: 401, body: {} });
  respond(it.links.self, later(it, { status: "completed" }));

  const result = useGenerateVideo(listeners).generate({ prompt: "A boat" });
  await pass(2);
  await pass(2);

  assert.equal((await result).status, "completed");
});
