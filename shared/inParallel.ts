/**
 * Does the work for every item, so many at once, in their order. After a failure no further item is begun; rejects with
 * the first failure when everything that was begun has ended.
 */
export async function inParallel<Item>(
  items: Iterable<Item>,
  atOnce: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items[Symbol.iterator]();
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (let next = queue.next(); !next.done && failures.length === 0; next = queue.next()) {
      try {
        await work(next.value);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  if (failures.length > 0) throw failures[0];
}

/** What the work makes of every item, in their order; otherwise like `inParallel`. */
export async function mapInParallel<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<readonly Result[]> {
  const results = new Map<number, Result>();
  await inParallel(items.entries(), atOnce, async ([index, item]) => {
    results.set(index, await work(item, index));
  });
  return [...results].toSorted(([one], [other]) => one - other).map(([, result]) => result);
}

/** Does two things, at the same time unless only one may be done at once. Rejects with the first failure when both have ended. */
export async function both<First, Second>(
  atOnce: number,
  first: () => Promise<First>,
  second: () => Promise<Second>,
): Promise<readonly [First, Second]> {
  if (atOnce === 1) return [await first(), await second()];
  const outcomes = [first(), second()] as const;
  await Promise.allSettled(outcomes);
  return Promise.all(outcomes);
}
