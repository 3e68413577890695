/** One text of several; empty ones don't count. */
export function joined(...sentences: readonly string[]): string {
  return sentences.filter(Boolean).join(' ');
}
