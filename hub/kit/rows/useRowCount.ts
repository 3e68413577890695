import { useEffect, useState } from 'react';
import { afterPaint } from './afterPaint';

/** How many rows are added at a time: few enough that a key is answered without a delay. */
const rowsPerStep = 40;

/** What is above the rows on every screen, in pixels: the header, the tabs or the filter, and the names of the columns. */
const headHeight = 150;

/** How much higher the frame may get once the page is shown, in pixels: the host says above it that the page loads. */
const growthHeight = 80;

/** How many rows of a height, in pixels, fit into the window. */
export function rowsOfScreen(rowHeight: number): number {
  return Math.max(1, Math.ceil((innerHeight + growthHeight - headHeight) / rowHeight));
}

/**
 * How many of the rows of a long list to render: those of the first screen at once, and soon all of them, so that the search
 * of the browser and screen readers find every row. Once they were rendered, other rows are rendered at once, too.
 * @param first how many have to be rendered now
 */
export function useRowCount(total: number, first: number): number {
  const [stored, setCount] = useState(first);
  const count = Math.max(stored, first);
  useEffect(() => {
    return count >= total ? undefined : afterPaint(() => setCount(count + rowsPerStep));
  }, [count, total]);
  return Math.min(count, total);
}
