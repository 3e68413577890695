import { setTimeout as pause } from 'node:timers/promises';

/** Looks until it is so; the test's own time limit ends it. */
export async function eventually<T>(look: () => Promise<T>, isSo: (seen: T) => boolean): Promise<T> {
  for (;;) {
    const seen = await look();
    if (isSo(seen)) return seen;
    await pause(100);
  }
}
