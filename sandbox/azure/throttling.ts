import { ArmError } from './armError';

/** What Resource Manager counts apart: a POST is a write. */
export type RequestKind = 'reads' | 'writes' | 'deletes';

/** Full buckets of a caller: https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling */
const bucketSizes: Readonly<Record<RequestKind, number>> = { reads: 250, writes: 200, deletes: 200 };

const kindOf = (method: string): RequestKind =>
  method === 'GET' ? 'reads' : method === 'DELETE' ? 'deletes' : 'writes';

/** Refuses the requests that it was asked to refuse; nobody is throttled otherwise. */
export class Throttling {
  readonly #planned = new Map<RequestKind, { times: number; readonly retryAfterSeconds: number }>();

  /** From now on refuses so many requests of a kind, of whomever. */
  refuse(kind: RequestKind, { times = 1, retryAfterSeconds = 1 } = {}): void {
    this.#planned.set(kind, { times, retryAfterSeconds });
  }

  /** The header that tells the caller how many requests of this kind are left. */
  headers(method: string): Readonly<Record<string, string>> {
    const kind = kindOf(method);
    const left = this.#planned.has(kind) ? 0 : bucketSizes[kind] - 1;
    return { [`x-ms-ratelimit-remaining-subscription-${kind}`]: String(left) };
  }

  /** @throws ThrottledError */
  check(method: string, subscriptionId: string, objectId: string): void {
    const kind = kindOf(method);
    const planned = this.#planned.get(kind);
    if (!planned) return;
    planned.times -= 1;
    if (planned.times <= 0) this.#planned.delete(kind);
    throw new ThrottledError(kind, subscriptionId, objectId, planned.retryAfterSeconds);
  }
}

export class ThrottledError extends ArmError {
  constructor(kind: RequestKind, subscriptionId: string, objectId: string, retryAfterSeconds: number) {
    super(
      429,
      'SubscriptionRequestsThrottled',
      `Number of '${kind.slice(0, -1)}' requests for subscription '${subscriptionId}' actor '${objectId}' exceeded. Please try again after '${retryAfterSeconds}' seconds after additional tokens are available. Refer to https://aka.ms/arm-throttling for additional information.`,
      { headers: { 'retry-after': String(retryAfterSeconds), [`x-ms-ratelimit-remaining-subscription-${kind}`]: '0' } },
    );
  }
}
