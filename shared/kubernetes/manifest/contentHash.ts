import { createHash } from 'node:crypto';

/** A short hash of named texts, the same whatever their order. It makes a new name of a new content, so that old pods keep theirs. */
export function contentHash(content: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(content).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 10);
}
