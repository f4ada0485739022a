/** Deletion with undo: a video is hidden at once, and deleted when the undo toast ends. */

import { truncate } from "../lib/format.js";
import { toast } from "../lib/toast-stack.js";
import * as api from "./api.js";
import { session } from "./session.js";

const ERROR_TOAST_MS = 12_000;

/** Dispatches "change" when a video is hidden or restored, and "removed" {video} once it is deleted. */
class PendingDeletions extends EventTarget {
  #hidden = new Set(); // ids; kept after the deletion, because an older response may still contain the video
  #undoable = new Map(); // by id

  constructor() {
    super();
    addEventListener("pagehide", () => this.#finish());
    session.addEventListener("leaving", () => this.#finish());
  }

  has(video) {
    return this.#hidden.has(video.id);
  }

  /** Hide a video and offer to undo. `onUndo` runs if the user does. */
  add(video, { title, onUndo }) {
    if (this.has(video)) return;
    const dismiss = toast(`Deleted: ${truncate(title, 40)}`, {
      action: "Undo",
      onAction: () => {
        this.#restore(video);
        onUndo();
      },
      onEnd: () => this.#remove(video),
    });
    this.#hidden.add(video.id);
    this.#undoable.set(video.id, { video, dismiss });
    this.dispatchEvent(new Event("change"));
  }

  /** Delete at once, because the page is being closed or the user signs out. */
  #finish() {
    for (const { video, dismiss } of [...this.#undoable.values()]) {
      dismiss();
      this.#remove(video, { isLeaving: true });
    }
  }

  async #remove(video, options) {
    this.#undoable.delete(video.id);
    try {
      await api.remove(video, options);
    } catch (error) {
      if (error.status !== 404) return this.#fail(video, error);
    }
    return this.dispatchEvent(new CustomEvent("removed", { detail: { video } }));
  }

  #fail(video, error) {
    this.#restore(video);
    toast(`The video was not deleted. ${error.message}`, { milliseconds: ERROR_TOAST_MS });
  }

  #restore(video) {
    this.#hidden.delete(video.id);
    this.#undoable.delete(video.id);
    this.dispatchEvent(new Event("change"));
  }
}

export const pendingDeletions = new PendingDeletions();
