/** A field of a connection as people paste it: without the line ends and spaces around it. Undefined when nothing is left. */
export function pasted(value: string | undefined): string | undefined {
  return value?.trim() || undefined;
}

/** What is wrong with a pasted secret, in the words that follow the name of its connection. The secret is never repeated. */
export function pastedProblem(secret: string, what: string, kind: 'token' | 'password'): string | undefined {
  // A token consists of visible characters; a secret may have spaces in it.
  const position = secret.search(kind === 'token' ? /[^\x21-\x7e]/ : /\p{Cc}/u);
  if (position < 0) return undefined;
  const found = /[\r\n]/.test(secret) ? 'a line break' : 'a space or another character that it cannot have';
  return `has ${what} that contains ${found}, at position ${position + 1} of ${secret.length}: paste it again.`;
}
