/** Joins sentences to one text; empty ones are left out. */
export function joined(...sentences: readonly string[]): string {
  return sentences.filter(Boolean).join(' ');
}
