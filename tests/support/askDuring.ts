import { setTimeout as pause } from 'node:timers/promises';

export interface Asked {
  /** The different answers. */
  readonly images: ReadonlySet<string>;
  readonly answers: number;
  readonly failures: readonly string[];
}

/** Asks over and over, which image answers, while something goes on. */
export async function askDuring(
  pauseMilliseconds: number,
  work: () => Promise<unknown>,
  ask: () => Promise<string>,
): Promise<Asked> {
  const images = new Set<string>();
  const failures: string[] = [];
  let answers = 0;
  const end = new AbortController();
  const asking = (async () => {
    while (!end.signal.aborted) {
      try {
        images.add(await ask());
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error));
      }
      answers++;
      await pause(pauseMilliseconds);
    }
  })();
  try {
    await work();
  } finally {
    end.abort();
    await asking;
  }
  return { images, answers, failures };
}
