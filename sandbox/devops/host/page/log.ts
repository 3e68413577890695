/** What the extension has asked of the page, oldest first, for tests to read. */
export class Log {
  readonly entries: string[] = [];

  add(entry: string): void {
    this.entries.push(entry);
  }
}
