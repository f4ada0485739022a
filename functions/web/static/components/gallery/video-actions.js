/** What is done with a video in a gallery, from its card or from its details. */

import * as api from "../../data/api.js";
import { deletions } from "../../data/pending-deletions.js";
import { retry } from "../../data/retry.js";
import { h } from "../../lib/dom.js";
import { importOrNotify } from "../../lib/lazy-import.js";
import { toast } from "../../lib/toast-stack.js";

export class VideoActions {
  #gallery;
  #details = null;

  constructor(gallery) {
    this.#gallery = gallery;
  }

  /** A `video-action`. What goes wrong is said in a toast: the video itself stays as it was. */
  async take(event) {
    event.stopPropagation();
    const { action, video } = event.detail;
    try {
      await this[action](video);
    } catch (error) {
      toast(error.message);
    }
  }

  /** What is shown in the dialog goes on with the list. */
  renew(videos) {
    this.#details?.renew(videos);
  }

  open(video, options) {
    return this.#show(video, options);
  }
  play(video) {
    return this.#show(video, { isPlaying: true });
  }
  share(video) {
    return this.#show(video, { isSharing: true });
  }

  async download(video) {
    const href = await api.fileUrl(video);
    h("a", { href, download: true }).click();
  }

  remix(video) {
    this.#details?.close();
    this.#gallery.tell("video-remix", { video });
  }

  delete(video) {
    const { grid } = this.#gallery;
    this.#details?.close();
    const at = grid.indexOf(video.id);
    deletions.begin(video, { title: this.#gallery.titleOf(video), onUndo: () => grid.focusAt(grid.indexOf(video.id)) });
    if (!grid.focusAt(at)) this.#gallery.focusHeading();
  }

  async cancel(video) {
    this.#gallery.add([await api.cancel(video)]);
  }

  async retry(video) {
    const videos = await retry(video);
    this.#gallery.add(videos);
    this.#gallery.tell("videos-created", { videos });
  }

  async #show(video, options) {
    this.#details ??= await this.#made();
    this.#details?.open(video, { title: this.#gallery.titleOf(video), ...options });
  }

  /** Fetched when first needed. */
  async #made() {
    if (!(await importOrNotify(() => import("../video/video-details.js")))) return null;
    const details = h("video-details", { "onvideo-action": (event) => this.take(event) });
    details.addEventListener("videos-created", ({ detail }) => this.#gallery.add(detail.videos));
    details.addEventListener("video-changed", ({ detail }) => this.#gallery.add([detail.video]));
    this.#gallery.shadowRoot.append(details);
    return details;
  }
}
