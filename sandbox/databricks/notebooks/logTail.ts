/** Keeps the last bytes of what is written to it, as the Jobs API keeps the last 5 MB of a run's log. */
export class LogTail {
  #chunks: Uint8Array[] = [];
  #bytes = 0;

  constructor(private readonly limitBytes: number = 5 * 1024 * 1024) {}

  write(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    // Cutting at twice the limit keeps the cost of many small writes linear.
    if (this.#bytes > 2 * this.limitBytes) {
      const tail = this.#tail();
      this.#chunks = [tail];
      this.#bytes = tail.length;
    }
  }

  text(): string {
    return this.#tail().toString('utf8');
  }

  #tail(): Buffer {
    return Buffer.from(Buffer.concat(this.#chunks).subarray(-this.limitBytes));
  }
}
