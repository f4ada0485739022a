/** The signed-in person's own videos. Tells `start-creating` where there is none yet and one is wanted. */

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

  chips() {
    const models = api.models().then((found) => [["", "All models"], ...found.map(({ id, name }) => [id, name])]);
    return [
      { name: "status", label: "Status", choices: STATUSES },
      { name: "model", label: "Model", choices: models, isList: true },
    ];
  }

  nothingYet() {
    return [
      icon("film"),
      h("h3", {}, "Nothing here yet"),
      h(
        "p",
        { class: "quiet" },
        "Describe a scene, add a picture if you like, and the video will be kept here for good.",
      ),
      h(
        "button",
        { type: "button", class: "main", onclick: () => this.tell("start-creating") },
        "Write your first prompt",
      ),
    ];
  }
}

customElements.define("video-history", VideoHistory);
