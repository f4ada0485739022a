/** Arrow key navigation in a grid: left and right follow the order, up and down the positions on screen. */

/** Return the item that a key leads to, `from` itself at an edge, or undefined for any other key. */
export function nextItem(all, from, key) {
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

/** In the first other row, return the item whose left edge is nearest to that of `from`. */
function nearest(others, from) {
  const { top, left } = from.getBoundingClientRect();
  const positions = others.map((it) => ({ it, ...edges(it) })).filter((position) => Math.abs(position.top - top) > 1);
  const row = positions.filter((position) => Math.abs(position.top - positions[0].top) <= 1);
  return row.sort((one, other) => Math.abs(one.left - left) - Math.abs(other.left - left))[0]?.it ?? from;
}

function edges(node) {
  const { top, left } = node.getBoundingClientRect();
  return { top, left };
}
