/** What goes wrong, for which requests. */
export interface Fault {
  /** Any method when absent. */
  readonly method?: string;
  /** Exact path, `*` in a text stands for any run of characters; any path when absent. */
  readonly path?: string | RegExp;
  /** Which matching request is the first to be hit; 1 by default. */
  readonly from?: number;
  /** How many requests in a row are hit; 1 by default. */
  readonly times?: number;
  /** `after`: the request has its effect, only its answer is lost. `before` by default. */
  readonly when?: 'before' | 'after';
  readonly delayMilliseconds?: number;
  /**
   * `status`: an error answer. `reset`: the connection is reset. `truncated`: the JSON answer stops half way.
   * `html`: a page instead of JSON. `cut`: an answer without a length, whose connection breaks half way. `rewritten`: what
   * `rewrite` makes of the answer. Without it there is only the delay.
   */
  readonly effect?: 'status' | 'reset' | 'truncated' | 'html' | 'cut' | 'rewritten';
  readonly rewrite?: (status: number, body: string) => { readonly status: number; readonly body: string };
  /** For `status` (503 by default) and `html` (200 by default: a sign-in page). */
  readonly status?: number;
  readonly errorCode?: string;
  readonly message?: string;
  /** Value of the `Retry-After` header: seconds or a date. */
  readonly retryAfter?: string | number;
  readonly body?: string;
  /** Added to the answer; they replace its own. Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
}

export class Faults {
  #planned: { readonly fault: Fault; readonly path: RegExp | undefined; seen: number }[] = [];

  add(fault: Fault): void {
    this.#planned.push({
      fault,
      path: typeof fault.path === 'string' ? expressionOf(fault.path) : fault.path,
      seen: 0,
    });
  }

  clear(): void {
    this.#planned = [];
  }

  /** Counts this request and returns the fault that hits it; the one added first wins. */
  take(method: string, path: string): Fault | undefined {
    let hit: Fault | undefined;
    for (const planned of this.#planned) {
      const { fault } = planned;
      if (fault.method !== undefined && fault.method !== method) continue;
      if (planned.path?.test(path) === false) continue;
      planned.seen += 1;
      const from = fault.from ?? 1;
      if (planned.seen >= from && planned.seen < from + (fault.times ?? 1)) hit ??= fault;
    }
    return hit;
  }
}

function expressionOf(pattern: string): RegExp {
  const expression = pattern
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${expression}$`);
}
