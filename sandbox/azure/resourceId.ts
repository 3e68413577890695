export const sameText = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

/** The part of a resource id that follows a word. */
export function partOf(id: string, word: string): string {
  const parts = id.split('/');
  return parts[parts.findIndex((part) => sameText(part, word)) + 1] ?? '';
}

/** The last part of a resource id. */
export const nameOf = (id: string) => id.slice(id.lastIndexOf('/') + 1);
