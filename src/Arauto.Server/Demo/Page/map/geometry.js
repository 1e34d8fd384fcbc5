// Places and shapes, in the map's units.

export const WIDTH = 1000;
export const HEIGHT = 640;
export const FEWEST_CORNERS = 3;
export const MOST_CORNERS = 64;

const clamp = (value, most) => Math.min(most, Math.max(0, value));
const round = (value) => Math.round(value * 10) / 10; // A tenth of a unit is less than a pixel.

/** The place nearest to one that may lie beside the map. */
export const onMap = ({ x, y }) => ({ x: round(clamp(x, WIDTH)), y: round(clamp(y, HEIGHT)) });

/** A shape moved as a whole, as far as the map goes. */
export function moved(corners, by) {
  const spanOf = (values, delta, most) => Math.min(most - Math.max(...values), Math.max(-Math.min(...values), delta));
  const x = spanOf(corners.map((corner) => corner.x), by.x, WIDTH);
  const y = spanOf(corners.map((corner) => corner.y), by.y, HEIGHT);
  return corners.map((corner) => onMap({ x: corner.x + x, y: corner.y + y }));
}

export const withCorner = (corners, index, place) => corners.with(index, onMap(place));

export const withNewCorner = (corners, after, place) => corners.toSpliced(after + 1, 0, onMap(place));

export const withoutCorner = (corners, index) => corners.toSpliced(index, 1);

/** The middle of the edge that begins at a corner. */
export function middleAfter(corners, index) {
  const [from, to] = [corners[index], corners[(index + 1) % corners.length]];
  return { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
}

/** Where a shape's name stands: the mean of its corners. */
export function centre(corners) {
  const sum = (axis) => corners.reduce((total, corner) => total + corner[axis], 0) / corners.length;
  return { x: sum('x'), y: sum('y') };
}

/** Between two shapes with as many corners. */
export const between = (from, to, part) => from.map((corner, i) => ({
  x: corner.x + (to[i].x - corner.x) * part,
  y: corner.y + (to[i].y - corner.y) * part,
}));
