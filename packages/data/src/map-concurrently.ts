/** Maps with at most `limit` calls under way. Results keep the order of the items. */
export async function mapConcurrently<Item, Result>(
  items: readonly Item[],
  limit: number,
  map: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  let hasFailed = false;
  const work = async (): Promise<void> => {
    for (const [index, item] of queue) {
      if (hasFailed) return;
      try {
        results[index] = await map(item, index);
      } catch (cause) {
        hasFailed = true;
        throw cause;
      }
    }
  };
  const workers = Array.from({ length: limit }, work);
  // Every worker has ended before the first failure is passed on: nothing runs on in the back.
  await Promise.allSettled(workers);
  await Promise.all(workers);
  return results;
}
