export const refPrefix = 'refs/heads/';

/** Without `refs/heads/`. */
export function shortName(ref: string): string {
  return ref.startsWith(refPrefix) ? ref.slice(refPrefix.length) : ref;
}
