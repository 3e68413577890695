/** The signed distance from a point to the edge of a shape: negative inside. */
export type Shape = (x: number, y: number) => number;
export type Point = readonly [x: number, y: number];

export function circle([cx, cy]: Point, radius: number): Shape {
  return (x, y) => Math.hypot(x - cx, y - cy) - radius;
}

/** A box from its top left to its bottom right corner. */
export function box([left, top]: Point, [right, bottom]: Point, radius: number): Shape {
  const [cx, cy, halfWidth, halfHeight] = [
    (left + right) / 2,
    (top + bottom) / 2,
    (right - left) / 2,
    (bottom - top) / 2,
  ];
  return (x, y) => {
    const dx = Math.abs(x - cx) - halfWidth + radius;
    const dy = Math.abs(y - cy) - halfHeight + radius;
    return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - radius;
  };
}

/** A line through the points, with round ends and joins. */
export function line(width: number, ...points: readonly Point[]): Shape {
  return union(...points.slice(1).map((end, index) => segment(points[index] ?? end, end, width / 2)));
}

/** A filled triangle with rounded corners; `radius` is added around the points. */
export function triangle(a: Point, b: Point, c: Point, radius: number): Shape {
  const edges = line(0, a, b, c, a);
  const side = ([px, py]: Point, [qx, qy]: Point, x: number, y: number) =>
    (qx - px) * (y - py) - (qy - py) * (x - px) >= 0;
  return (x, y) => {
    const inside = side(a, b, x, y) === side(b, c, x, y) && side(b, c, x, y) === side(c, a, x, y);
    return (inside ? -edges(x, y) : edges(x, y)) - radius;
  };
}

/** The edge of a shape, drawn as a line. */
export function outline(shape: Shape, width: number): Shape {
  return (x, y) => Math.abs(shape(x, y)) - width / 2;
}

export function union(...shapes: readonly Shape[]): Shape {
  return (x, y) => Math.min(...shapes.map((shape) => shape(x, y)));
}

export function within(shape: Shape, frame: Shape): Shape {
  return (x, y) => Math.max(shape(x, y), frame(x, y));
}

export function without(shape: Shape, hole: Shape): Shape {
  return (x, y) => Math.max(shape(x, y), -hole(x, y));
}

function segment([ax, ay]: Point, [bx, by]: Point, radius: number): Shape {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  return (x, y) => {
    const along = length === 0 ? 0 : Math.min(Math.max(((x - ax) * dx + (y - ay) * dy) / length, 0), 1);
    return Math.hypot(x - ax - along * dx, y - ay - along * dy) - radius;
  };
}
