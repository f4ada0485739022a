/** The types of a community's video in words: what each is, what it is built from, and how it is offered. */

import { TYPES } from "../lib/format.js";

const NAME = { word: "Name", of: (community) => community.agent_name ?? community.name };
const INSTRUCTIONS = { word: "Instructions", of: (community) => community.agent_instructions };
const TOKEN_NAME = { word: "Token", of: (community) => community.token_name };
const TOKEN_SYMBOL = { word: "Symbol", of: (community) => community.token_symbol };

/** `parts` are what the prompt is built from; a custom video's is written by hand. `offer` is what a page asks at the right moment. */
export const BOT_VIDEO_TYPES = {
  intro: {
    word: TYPES.intro,
    says: "Cinematic reveal of the avatar",
    parts: [NAME, INSTRUCTIONS],
    offer: (community) => ({
      title: `Introduce ${NAME.of(community)}`,
      text: "A few seconds that show who the community belongs to.",
    }),
  },
  promo: {
    word: TYPES.promo,
    says: "A lively show of what the bot can do",
    parts: [NAME, INSTRUCTIONS],
    offer: (community) => ({
      title: `Show what ${NAME.of(community)} can do`,
      text: "A short promo, made from the avatar and the instructions.",
    }),
  },
  token_reveal: {
    word: TYPES.token_reveal,
    says: "The token as a coin of light and metal",
    parts: [NAME, TOKEN_NAME, TOKEN_SYMBOL],
    offer: (community) => ({
      title: "Your token is out. Make a reveal video?",
      text: community.token_symbol
        ? `${community.token_symbol} as a golden coin, in five seconds.`
        : "The token as a golden coin, in five seconds.",
    }),
  },
  custom: {
    word: TYPES.custom,
    says: "A scene in your own words",
    parts: [],
    offer: (community) => ({ title: `A video for ${community.name}`, text: "Write the scene in your own words." }),
  },
};
