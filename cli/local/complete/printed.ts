/** What a function of the completion library prints: it knows the console only. It must not wait for anything. */
export function printed(print: () => void): string {
  const lines: string[] = [];
  /* eslint-disable no-console -- the library has no other way out */
  const { log } = console;
  console.log = (...texts: unknown[]) => void lines.push(texts.map(String).join(' '));
  try {
    print();
  } finally {
    console.log = log;
  }
  /* eslint-enable no-console */
  return lines.map((line) => `${line}\n`).join('');
}
