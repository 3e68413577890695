/** A text in one line, cut to a length, without the passwords and tokens in URLs of indexes, channels and wheels. */
export function presentable(text: string, mostCharacters: number): string {
  const line = text
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/\/\/[^/\s]*@/g, '//***@')
    .replace(/\/t\/[^/\s]+/g, '/t/***')
    .replace(/([^\s?]+)(\?[^\s#']*)?/g, (whole, address: string, query?: string) =>
      query !== undefined && address.includes('://') ? `${address}?***` : whole,
    );
  return line.length > mostCharacters ? `${line.slice(0, mostCharacters)}…` : line;
}

/** A piece of a file, to be quoted in a remark. */
export function shown(text: string): string {
  return `'${presentable(text, 100)}'`;
}
