/** Shots of one video: their seconds always add up to the video's duration. */

/** @typedef {{ prompt: string, duration_seconds: number }} Shot */

/** Two shots, the first with the prompt so far. @returns {Shot[]} */
export const firstShots = (prompt, seconds) =>
  spread([{ prompt, duration_seconds: 1 }, emptyShot()], seconds, { evenly: true });

/**
 * Add an empty shot, and divide the seconds evenly.
 *
 * @param {Shot[]} shots
 */
export const withAddedShot = (shots, seconds) => spread([...shots, emptyShot()], seconds, { evenly: true });

/**
 * Remove a shot. Its neighbor gets its seconds.
 *
 * @param {Shot[]} shots
 */
export function withoutShot(shots, index) {
  const neighbor = index === 0 ? 1 : index - 1;
  return shots
    .map((it, i) =>
      i === neighbor ? { ...it, duration_seconds: it.duration_seconds + shots[index].duration_seconds } : it,
    )
    .filter((_, i) => i !== index);
}

/** The longest that a shot can be if only its neighbor gives way. @param {Shot[]} shots */
export function maxSeconds(shots, index) {
  const neighbor = shots[neighborOf(shots, index)];
  return neighbor ? shots[index].duration_seconds + neighbor.duration_seconds - 1 : shots[index].duration_seconds;
}

/**
 * Set a shot's seconds. The next shot gives or takes the difference, or the previous one for the last shot.
 *
 * @param {Shot[]} shots
 */
export function withSeconds(shots, index, seconds) {
  const valid = Math.min(Math.max(1, Math.round(seconds) || 1), maxSeconds(shots, index));
  const difference = valid - shots[index].duration_seconds;
  const neighbor = neighborOf(shots, index);
  return shots.map((it, i) => {
    if (i === index) return { ...it, duration_seconds: valid };
    return i === neighbor ? { ...it, duration_seconds: it.duration_seconds - difference } : it;
  });
}

/**
 * Return the shots with as many seconds as the video has. Shots that do not fit are left out.
 *
 * @param {Shot[]} shots
 */
export function fitShots(shots, seconds, { maxShots = 6 } = {}) {
  const kept = shots.slice(0, Math.min(maxShots, seconds));
  return total(kept) === seconds ? kept : spread(kept, seconds);
}

/** The shots in the longest form that a provider takes, whose length counts where a model limits all of them together. */
export const shotsText = (shots) =>
  shots.map((it, i) => `shot ${i + 1}, ${it.duration_seconds}, ${it.prompt.trim()};`).join(" ");

export const total = (shots) => shots.reduce((sum, it) => sum + it.duration_seconds, 0);

/** Divide the seconds evenly, or in the proportions of the shots; each has at least a second. */
function spread(shots, seconds, { evenly = false } = {}) {
  const weights = shots.map((it) => (evenly ? 1 : Math.max(1, it.duration_seconds)));
  const sum = weights.reduce((a, b) => a + b, 0);
  let left = seconds;
  let weightLeft = sum;
  return shots.map((it, i) => {
    const share = Math.round((left * weights[i]) / weightLeft);
    const duration_seconds = Math.min(Math.max(1, share), left - (shots.length - 1 - i));
    left -= duration_seconds;
    weightLeft -= weights[i];
    return { ...it, duration_seconds };
  });
}

const neighborOf = (shots, index) => (index === shots.length - 1 ? index - 1 : index + 1);
const emptyShot = () => ({ prompt: "", duration_seconds: 1 });
