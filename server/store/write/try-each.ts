/**
 * Does something for each of several that have nothing to do with each other: where it fails for
 * one, it is still done for the others.
 * @throws AggregateError afterwards, with what has failed
 */
export async function tryEach<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  run: (item: Item) => Promise<void>,
): Promise<void> {
  const failures: Error[] = [];
  for (const item of items) {
    try {
      await run(item);
    } catch (cause) {
      failures.push(new Error(`${nameOf(item)} failed`, { cause }));
    }
  }
  if (failures.length === 0) return;
  throw new AggregateError(failures, failures.map(({ message }) => message).join('; '));
}
