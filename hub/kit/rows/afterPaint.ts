/**
 * Does some work after the browser has painted what is rendered now, and handled the keys that were pressed: what is in view
 * comes before what is not. In a window that is not shown, it waits until that is.
 * @returns a function that cancels it
 */
export function afterPaint(work: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const frame = requestAnimationFrame(() => {
    timer = setTimeout(work);
  });
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
}
