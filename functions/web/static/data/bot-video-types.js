/** The types of community videos: label, description, the community fields used in the prompt, and the offer's text. */

import { TYPE_NAMES } from "../lib/format.js";

const NAME = { label: "Name", of: (community) => community.agent_name ?? community.name };
const INSTRUCTIONS = { label: "Instructions", of: (community) => community.agent_instructions };
const TOKEN_NAME = { label: "Token", of: (community) => community.token_name };
const TOKEN_SYMBOL = { label: "Symbol", of: (community) => community.token_symbol };

/** `parts` are the community fields in the prompt; the user writes a custom video's prompt. `offer` is the text of the offer card. */
export const BOT_VIDEO_TYPES = {
  intro: {
    label: TYPE_NAMES.intro,
    description: "Cinematic reveal of the avatar",
    parts: [NAME, INSTRUCTIONS],
    offer: (community) => ({
      title: `Introduce ${NAME.of(community)}`,
      text: "A few seconds that present the community's character.",
    }),
  },
  promo: {
    label: TYPE_NAMES.promo,
    description: "Shows what the bot can do",
    parts: [NAME, INSTRUCTIONS],
    offer: (community) => ({
      title: `Show what ${NAME.of(community)} can do`,
      text: "A short promo made from the avatar and the instructions.",
    }),
  },
  token_reveal: {
    label: TYPE_NAMES.token_reveal,
    description: "The token as a shining coin",
    parts: [NAME, TOKEN_NAME, TOKEN_SYMBOL],
    offer: (community) => ({
      title: "Your token is live. Create a reveal video?",
      text: community.token_symbol
        ? `Five seconds: ${community.token_symbol} as a golden coin.`
        : "Five seconds: the token as a golden coin.",
    }),
  },
  custom: {
    label: TYPE_NAMES.custom,
    description: "A scene you describe",
    parts: [],
    offer: (community) => ({ title: `A video for ${community.name}`, text: "Describe the scene in your own words." }),
  },
};
