/** The name that was most likely meant; undefined when none is similar. */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  const most = (name: string): number => 0.4 * Math.max(given.length, name.length);
  const [nearest] = names
    // The distance is at least the difference of the lengths. A name of a specification can have a million characters.
    .filter((name) => Math.abs(given.length - name.length) <= most(name))
    .map((name) => ({ name, distance: editDistance(given.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= most(name))
    .sort((a, b) => a.distance - b.distance);
  return nearest?.name;
}

/** How many characters must be inserted, removed or replaced to turn one text into the other (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 0; i < a.length; i++) {
    const above = row;
    row = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const replaced = (above[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
      row.push(Math.min(replaced, (above[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1));
    }
  }
  return row.at(-1) ?? 0;
}
