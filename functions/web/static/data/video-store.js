/** An owner's videos as they are known here, newest first, and which of them are listed. */

export class VideoList {
  #known = new Map(); // by id
  #listed = new Set();
  #isListed;

  constructor(isListed) {
    this.#isListed = isListed;
  }

  /** Ids begin with the time at which they were made. */
  get videos() {
    return [...this.#listed]
      .sort()
      .reverse()
      .map((id) => this.#known.get(id));
  }

  get(id) {
    return this.#known.get(id) ?? null;
  }

  /** Keeps the newer of two records; gives the one before. What is listed stays so: nothing vanishes while it is looked at. */
  put(video) {
    const before = this.get(video.id);
    if (!before || before.updated_at <= video.updated_at) this.#known.set(video.id, video);
    if (this.#isListed(this.get(video.id))) this.#listed.add(video.id);
    return before;
  }

  /** Forgets it; false if it was not known. */
  take(id) {
    this.#listed.delete(id);
    return this.#known.delete(id);
  }
}
