import { setTimeout as pause } from 'node:timers/promises';

const longestMilliseconds = 60_000;

/** Looks until it is so; rejects when it is not within a minute. */
export async function eventually<T>(look: () => Promise<T>, isSo: (seen: T) => boolean): Promise<T> {
  const end = Date.now() + longestMilliseconds;
  for (;;) {
    const seen = await look();
    if (isSo(seen)) return seen;
    if (Date.now() > end) throw new Error(`In vain for a minute; the last that was seen is ${JSON.stringify(seen)}.`);
    await pause(100);
  }
}
