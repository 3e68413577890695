import type { Opened } from '../testPages';

/** Marks `opened` in the frame of a page when a person sees what was opened, and a key has an effect. */
export function watch(opened: Opened): void {
  if (window === top) return;
  const look = (): void => {
    if (isShown(opened)) void markOpened(opened);
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

function isShown({ shown, rows }: Opened): boolean {
  if (document.querySelector(shown) === null) return false;
  if (!rows) return true;
  const all = [...document.querySelectorAll(rows.all)];
  const isFull = (all.at(-1)?.getBoundingClientRect().bottom ?? 0) >= innerHeight;
  const inView = all.filter((row) => row.getBoundingClientRect().top < innerHeight);
  return isFull && inView.every((row) => row.querySelector(rows.unfinished) === null);
}

async function markOpened({ rows }: Opened): Promise<void> {
  // What the frame of the screen shows is painted before the next task.
  await nextTask();
  if (rows) {
    const [first, second] = document.querySelectorAll<HTMLElement>(rows.stops);
    first?.focus();
    first?.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true, cancelable: true }));
    while (document.activeElement !== second) await nextTask();
  }
  performance.mark('opened');
}

function nextTask(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => resolve();
    port2.postMessage(undefined);
  });
}
