import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import "./browser.js";
import { optionProblems } from "../../functions/web/static/data/option-problems.js";
import { optionState } from "../../functions/web/static/data/option-state.js";
import { VideoChoice } from "../../functions/web/static/data/video-choice.js";
import { model, option, SHOTS, SOUND } from "./models.js";

const PLAIN = model({ default_for: ["user"] });
const RULE = "Sound needs 1080p.";
let choice = new VideoChoice();

beforeEach(() => {
  choice = new VideoChoice();
  choice.models = [PLAIN, SOUND, SHOTS];
});

test("the default model is used until the user chooses one", () => {
  assert.equal(choice.model, PLAIN);

  choice.choose({ model: "sound" });

  assert.equal(choice.model, SOUND);
});

test("a request names every option of its model, and no other", () => {
  choice.choose({ sound: true });
  choice.choose({ negative_prompt: " rain " });
  assert.deepEqual(Object.keys(choice.request).sort(), [
    "aspect_ratio",
    "duration_seconds",
    "model",
    "resolution",
    "variations",
  ]);

  choice.choose({ model: "sound" });

  assert.deepEqual(choice.request, {
    model: "sound",
    duration_seconds: 5,
    aspect_ratio: "1:1",
    resolution: "1080p",
    sound: true,
    negative_prompt: "rain",
    variations: 1,
  });
});

test("an option switches the format to what it needs, and the format returns without it", () => {
  choice.choose({ model: "sound" });
  assert.equal(choice.fields.resolution, "720p");
  assert.equal(optionState(choice, "sound").hint, "Sound adds $0.49 per video. Sound needs 1080p.");

  choice.choose({ sound: true });
  assert.deepEqual([choice.fields.resolution, choice.changes[0].reason], ["1080p", RULE]);
  assert.deepEqual([choice.obstacle("resolution", "720p"), choice.obstacle("resolution", "1080p")], [RULE, null]);

  choice.choose({ sound: false });
  assert.deepEqual([choice.fields.resolution, choice.changes], ["720p", []]);
});

test("options that exclude each other name the reason", () => {
  choice.choose({ model: "sound" });
  choice.choose({ sound: true });

  const reason = "An end frame cannot be combined with sound.";
  assert.equal(optionState(choice, "end_image").obstacle, reason);
  choice.choose({ sound: false });
  choice.choose({ end_image: true });

  assert.equal(optionState(choice, "sound").obstacle, reason);
  assert.equal(optionState(choice, "end_image").obstacle, null);
});

test("an option that is not used with this model is remembered, and says why", () => {
  choice.choose({ model: "sound" });
  choice.choose({ end_image: true });
  choice.flow = "text";

  const state = optionState(choice, "end_image");

  assert.deepEqual([choice.uses("end_image"), state.obstacle], [false, "Not used. An end frame needs a source image."]);
  choice.flow = "image";
  assert.equal(choice.uses("end_image"), true);
});

test("a choice that two parts of the format allow together changes the other part", () => {
  const rule = { when: { resolution: ["1080p"] }, needs: { duration_seconds: [5] } };
  choice.models = [model({ rules: [rule] })];
  choice.choose({ duration_seconds: 10 });

  choice.choose({ resolution: "1080p" });
  assert.deepEqual([choice.fields.resolution, choice.fields.duration_seconds], ["1080p", 5]);

  choice.choose({ duration_seconds: 10 });
  assert.deepEqual([choice.fields.resolution, choice.fields.duration_seconds], ["720p", 10]);
});

test("shots are sent while they are on, and always add up to the duration", () => {
  choice.choose({ model: "shots" });
  choice.choose({
    has_shots: true,
    shots: [
      { prompt: " A ", duration_seconds: 2 },
      { prompt: "B", duration_seconds: 3 },
    ],
  });
  assert.deepEqual(choice.request.shots, [
    { prompt: "A", duration_seconds: 2 },
    { prompt: "B", duration_seconds: 3 },
  ]);

  choice.choose({ duration_seconds: 10 });
  assert.deepEqual(
    choice.request.shots.map((it) => it.duration_seconds),
    [4, 6],
  );

  choice.choose({ has_shots: false });
  assert.deepEqual([choice.request.shots, choice.wanted("shots").length], [null, 2]);
});

test("a video with a fixed prompt has no shots", () => {
  choice.choose({ model: "shots", has_shots: true, shots: [{ prompt: "A", duration_seconds: 5 }] });

  choice.hasOwnPrompt = false;

  assert.ok(!("shots" in choice.request));
});

test("an option that the model always has is not sent, and says so", () => {
  choice.models = [model({ options: { sound: option({ default: true, is_fixed: true }) } })];

  assert.deepEqual([choice.fields.sound, "sound" in choice.request], [true, false]);
  assert.equal(optionState(choice, "sound").hint, "Always on with this model.");
});

test("a model that is not offered any more is replaced only by the one that the server names", () => {
  choice.choose({ model: "gone" });
  assert.deepEqual([choice.isReplaced, choice.request.model], [true, "plain"]);

  choice.choose({ successor: "sound" });
  assert.deepEqual([choice.request.model, choice.request.allow_successor], ["gone", true]);

  choice.choose({ model: "shots" });
  assert.deepEqual(
    [choice.isReplaced, choice.request.model, choice.request.allow_successor],
    [false, "shots", undefined],
  );
});

test("what the server would refuse is found before it is sent", () => {
  choice.models = [
    model({
      options: {
        seed: option(),
        shots: option({ maximum: 6, max_chars: 5 }),
        motions: option({ maximum: 2 }),
        end_image: option({ is_required: true }),
      },
    }),
  ];
  choice.choose({ seed: 1001 });
  choice.choose({
    motions: [
      { id: "a", strength: 1 },
      { id: " ", strength: 1 },
    ],
  });
  choice.choose({
    has_shots: true,
    shots: [
      { prompt: "Fine", duration_seconds: 2 },
      { prompt: "Longer", duration_seconds: 3 },
    ],
  });

  assert.deepEqual(optionProblems(choice), {
    seed: "Enter a whole number from 1 to 1,000.",
    shots: "Shot 2: Use at most 5 characters.",
    motions: "Motion 2: Enter the id of a motion.",
    end_image: "Plain needs end frame.",
  });
});

test("shots that are sent as one text share the limit of the prompt", () => {
  const shots = Array.from({ length: 6 }, () => ({ prompt: "Twenty characters it", duration_seconds: 1 }));
  choice.choose({ model: "shots", has_shots: true, shots, duration_seconds: 6 });

  assert.equal(optionProblems(choice).shots, "Use at most 100 characters in all shots together.");
});

test("prices follow the options, by second or by video", () => {
  choice.choose({ model: "sound" });
  assert.equal(choice.price, 0.21);

  choice.choose({ sound: true });
  choice.choose({ variations: 2 });

  assert.equal(choice.price, 1.4);
  assert.equal(
    choice.priceWith({}, model({ prices: [{ when: {}, usd_per_second: null, usd_per_video: 0.5625 }] })),
    0.57,
  );
});
