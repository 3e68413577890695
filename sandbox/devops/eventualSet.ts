/** A set whose readers see a change late: after a number of reads that still show what was before. */
export class EventualSet {
  readonly #current = new Set<string>();
  #visible: ReadonlySet<string> = new Set();
  #readsLeft = 0;

  /** @param staleReads how many reads after a change still show what was before */
  constructor(private readonly staleReads: () => number) {}

  /** False when it is there already. */
  add(entry: string): boolean {
    if (this.#current.has(entry)) return false;
    this.#change(() => this.#current.add(entry));
    return true;
  }

  /** False when it is not there. */
  delete(entry: string): boolean {
    if (!this.#current.has(entry)) return false;
    this.#change(() => this.#current.delete(entry));
    return true;
  }

  current(): ReadonlySet<string> {
    return this.#current;
  }

  /** What a reader sees; it is one read of those that can be stale. */
  read(): ReadonlySet<string> {
    if (this.#readsLeft === 0) return this.#current;
    this.#readsLeft -= 1;
    return this.#visible;
  }

  /** Shows the current state from now on. */
  settle(): void {
    this.#readsLeft = 0;
  }

  #change(apply: () => void): void {
    if (this.#readsLeft === 0) this.#visible = new Set(this.#current);
    this.#readsLeft = this.staleReads();
    apply();
  }
}
