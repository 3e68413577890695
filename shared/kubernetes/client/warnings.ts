/** The texts of a `Warning` header (RFC 7234 5.5): `299 - "text"`, of which HTTP joins several with commas. */
export function parseWarnings(header: string | undefined): readonly string[] {
  const found = (header ?? '').matchAll(/\b299 \S+ "((?:[^"\\]|\\.)*)"/g);
  return [...found].map(([, quoted = '']) => quoted.replace(/\\(.)/g, '$1'));
}
