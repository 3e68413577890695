import { createHash } from 'node:crypto';

/** A short hash of named texts, independent of their order. It gives new content a new name, so that old pods keep theirs. */
export function contentHash(content: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(content).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 10);
}
