/** Models for the tests, in the shape of GET /v1/models. */

const OPTION = {
  default: null,
  values: [],
  minimum: null,
  maximum: null,
  max_chars: null,
  is_fixed: false,
  is_required: false,
  is_joined: false,
};

/** An option with the API's defaults for what is not given. */
export const option = (fields = {}) => ({ ...OPTION, ...fields });

/** A model with the API's defaults for what is not given. */
export const model = (fields = {}) => ({
  id: "plain",
  name: "Plain",
  provider: "kling",
  flows: ["image", "text"],
  default_for: [],
  duration_seconds: [5, 10],
  aspect_ratios: ["1:1", "16:9"],
  resolutions: ["720p", "1080p"],
  delivers: null,
  options: {},
  rules: [],
  prices: [{ when: {}, usd_per_second: 0.05, usd_per_video: null }],
  limits: { max_prompt_chars: 100, min_seed: 1, max_seed: 1000, max_image_bytes: 1e7, min_image_side: 300 },
  price_verified_at: "2026-09-20",
  usual_seconds: { usually: 60 },
  successor: null,
  notes: "",
  ...fields,
});

const perSecond = (when, usd) => ({ when, usd_per_second: usd, usd_per_video: null });

/** Sound and an end frame need 1080p, and exclude each other; sound doubles the price. */
export const SOUND = model({
  id: "sound",
  name: "Sound",
  options: { sound: option({ default: false }), end_image: option(), negative_prompt: option() },
  rules: [
    { when: { sound: [true] }, needs: { resolution: ["1080p"] } },
    { when: { end_image: [true] }, needs: { resolution: ["1080p"], sound: [false] } },
  ],
  prices: [
    perSecond({ resolution: "720p" }, 0.042),
    perSecond({ resolution: "1080p", sound: true }, 0.14),
    perSecond({ resolution: "1080p" }, 0.07),
  ],
});

/** Up to six shots, any duration from 3 to 15 seconds. */
export const SHOTS = model({
  id: "shots",
  name: "Shots",
  duration_seconds: [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  resolutions: ["720p", "1080p", "4k"],
  options: { shots: option({ maximum: 6, max_chars: 20, is_joined: true }), seed: option() },
});
