/** For a Python test: read the models of GET /v1/models, choose at random in a form, and print the requests it would send. */

import { readFileSync } from "node:fs";
import { VideoChoice } from "../../functions/web/static/data/video-choice.js";

const ROUNDS = 25; // per model and flow
const IMAGE = "upload:0198f2a0000070008000000000000001";
let state = 42;

/** A whole number below `count`, the same in every run. */
function random(count) {
  state = (state * 1664525 + 1013904223) % 2 ** 32;
  return Math.floor((state / 2 ** 32) * count);
}
const pick = (values) => values[random(values.length)];

const SAMPLES = {
  negative_prompt: () => "rain",
  seed: (_, { limits }) => pick([limits.min_seed, limits.max_seed]),
  end_image: () => true,
  reference_images: ({ maximum }) => Array.from({ length: 1 + random(maximum ?? 3) }, () => true),
  shots: ({ maximum }) =>
    Array.from({ length: 1 + random(maximum ?? 6) }, () => ({ prompt: "A boat", duration_seconds: 1 + random(5) })),
  cfg_scale: () => pick([0, 0.5, 1]),
  motions: ({ maximum, values }) =>
    Array.from({ length: 1 + random(maximum ?? 2) }, () => ({ id: pick(values) ?? "dolly-in", strength: 0.5 })),
  camera_movement: ({ values }) => pick(values),
};

function chooseOne(choice) {
  const { model } = choice;
  const format = {
    duration_seconds: model.duration_seconds,
    aspect_ratio: model.aspect_ratios,
    resolution: model.resolutions,
  };
  const name = pick([...Object.keys(format), ...Object.keys(model.options), ...Object.keys(model.options)]);
  if (name in format) {
    const value = pick(format[name]);
    if (!choice.obstacle(name, value)) choice.choose({ [name]: value });
    return;
  }
  const spec = model.options[name];
  if (spec.is_fixed) return;
  const value = SAMPLES[name] ? SAMPLES[name](spec, model) : true;
  if (choice.obstacle(name, value)) return;
  choice.choose(name === "shots" ? { shots: value, has_shots: true } : { [name]: value });
}

function request(choice) {
  const { end_image: end, reference_images: references } = choice.fields;
  return {
    ...choice.request,
    ...(choice.flow === "image" && { source_image: IMAGE }),
    ...(end && { end_image: IMAGE }),
    ...(references && { reference_images: references.map(() => IMAGE) }),
  };
}

const { models } = JSON.parse(readFileSync(0, "utf8"));
const requests = models.flatMap((model) =>
  model.flows.flatMap((flow) =>
    Array.from({ length: ROUNDS }, () => {
      const choice = new VideoChoice();
      Object.assign(choice, { models, flow });
      choice.choose({ model: model.id });
      for (let step = 0; step < 6; step += 1) chooseOne(choice);
      for (const [name, spec] of Object.entries(model.options))
        if (spec.is_required && !spec.is_fixed) choice.choose({ [name]: SAMPLES[name](spec, model) });
      return { request: request(choice), usd: choice.price };
    }),
  ),
);
console.log(JSON.stringify(requests));
