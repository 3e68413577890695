/** What can be told beforehand how it goes, some times or always. */
interface Script {
  /** How many times it serves; always by default. */
  readonly times?: number;
}

/** Scripts that wait for what they match; the one added last wins. */
export class Scripts<Kind extends Script> {
  #scripts: { readonly script: Kind; left: number }[] = [];

  add(script: Kind): void {
    this.#scripts.unshift({ script, left: script.times ?? Infinity });
  }

  clear(): void {
    this.#scripts = [];
  }

  /** The script that serves what `matches` describes; it has served once more then. */
  take(matches: (script: Kind) => boolean): Kind | undefined {
    const found = this.#scripts.find(({ script, left }) => left > 0 && matches(script));
    if (found) found.left -= 1;
    return found?.script;
  }
}
