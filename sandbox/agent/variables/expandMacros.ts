/** Replaces every `$(name)` that has a value; the others stay as they are, since they may mean something to the script. */
export function expandMacros(text: string, lookUp: (name: string) => string | undefined): string {
  let expanded = '';
  let from = 0;
  for (;;) {
    const start = text.indexOf('$(', from);
    const end = start < 0 ? -1 : text.indexOf(')', start);
    if (end < 0) return expanded + text.slice(from);
    const value = lookUp(text.slice(start + 2, end));
    expanded += text.slice(from, start) + (value ?? '$(');
    from = value === undefined ? start + 2 : end + 1;
  }
}
