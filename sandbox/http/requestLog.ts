export interface LoggedRequest {
  /** Epoch milliseconds, real time, when the request arrived. */
  readonly time: number;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** 0 when the connection was reset instead of an answer. */
  readonly status: number;
  readonly milliseconds: number;
  readonly requestBytes: number;
  readonly userAgent: string;
  readonly user?: string;
  readonly idempotencyToken?: string;
  readonly errorCode?: string;
  /** The effect of the fault that hit the request. */
  readonly fault?: string;
  /** Only with the option `logBodies`. */
  readonly body?: string;
}

const keptEntries = 100_000;

/** What was asked, oldest first; the newest 100,000 are kept. */
export class RequestLog {
  #entries: LoggedRequest[] = [];

  add(entry: LoggedRequest): void {
    this.#entries.push(entry);
    if (this.#entries.length > 2 * keptEntries) this.#entries = this.#entries.slice(-keptEntries);
  }

  clear(): void {
    this.#entries = [];
  }

  /** Requests whose path ends with `path` (all without it). */
  list(path = ''): readonly LoggedRequest[] {
    return this.#entries.filter((entry) => entry.path.endsWith(path));
  }
}
