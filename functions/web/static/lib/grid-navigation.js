/** Where a key leads from one element of a grid: by the order, and up and down by how they really lie. */

/** The one to go to, `from` itself at an edge; undefined for another key. */
export function next(all, from, key) {
  const at = all.indexOf(from);
  switch (key) {
    case "ArrowRight":
      return all[at + 1] ?? from;
    case "ArrowLeft":
      return all[at - 1] ?? from;
    case "ArrowDown":
      return nearest(all.slice(at + 1), from);
    case "ArrowUp":
      return nearest(all.slice(0, at).reverse(), from);
    case "Home":
      return all[0];
    case "End":
      return all.at(-1);
    default:
      return undefined;
  }
}

/** Of the first row among these that is not the same row, the one that lies nearest to its left edge. */
function nearest(others, from) {
  const { top, left } = from.getBoundingClientRect();
  const places = others.map((it) => ({ it, ...edges(it) })).filter((place) => Math.abs(place.top - top) > 1);
  const row = places.filter((place) => Math.abs(place.top - places[0].top) <= 1);
  return row.sort((one, other) => Math.abs(one.left - left) - Math.abs(other.left - left))[0]?.it ?? from;
}

function edges(node) {
  const { top, left } = node.getBoundingClientRect();
  return { top, left };
}
