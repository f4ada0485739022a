/** The signed-in user's videos. Emits `start-creating` from the empty state. */

import * as api from "../../data/api.js";
import { UNFINISHED } from "../../data/video-query.js";
import { h, icon } from "../../lib/dom.js";
import { VideoGallery } from "./video-gallery.js";

const STATUSES = [
  ["", "All"],
  [UNFINISHED, "In progress"],
  ["completed", "Completed"],
  ["failed", "Failed"],
];

class VideoHistory extends VideoGallery {
  get heading() {
    return "Video History";
  }

  filterGroups() {
    const models = api.models().then((found) => [["", "All models"], ...found.map(({ id, name }) => [id, name])]);
    return [
      { name: "status", label: "Status", choices: STATUSES },
      { name: "model", label: "Model", choices: models, isSelect: true },
    ];
  }

  emptyState() {
    return [
      icon("film"),
      h("h3", {}, "No videos yet"),
      h(
        "p",
        { class: "quiet" },
        "Describe a scene and add an image if you like. Your videos are saved here permanently.",
      ),
      h(
        "button",
        { type: "button", class: "main", onclick: () => this.emit("start-creating") },
        "Write your first prompt",
      ),
    ];
  }
}

customElements.define("video-history", VideoHistory);
