/** The results of `action` for each item, in the order of the items; at most `limit` actions run at the same time. */
export async function mapLimited<Item, Result>(
  items: readonly Item[],
  limit: number,
  action: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results = new Map<number, Result>();
  const queue = items.entries();
  const work = async (): Promise<void> => {
    for (const [index, item] of queue) results.set(index, await action(item));
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, work));
  return items.map((_, index) => results.get(index) as Result);
}
