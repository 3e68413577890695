import { randomBytes, randomUUID } from 'node:crypto';
import { ArmError, resourceNotFound } from './armError';
import type { ArmReply, ArmRequest, Router } from './router';

/** Which headers of a first answer lead to the operation that it began; with `neither`, the resource tells. */
export type OperationShape = 'asyncOperation' | 'location' | 'both' | 'neither';

export interface OperationState {
  /** `Succeeded`, `Failed` and `Canceled` are final, every other word is not. */
  readonly status: string;
  readonly error?: OperationFailure;
  readonly properties?: object;
  /** What the Location gives at the end, where it gives a body. */
  readonly result?: object;
}

export interface OperationFailure {
  /** Some providers leave it empty, and begin the message with it. */
  readonly code: string | null;
  readonly message: string;
  readonly details?: readonly object[];
  readonly additionalInfo?: readonly object[];
}

export interface Operation {
  /** What is worked on. */
  readonly resourceId: string;
  readonly subscriptionId: string;
  readonly location: string;
  readonly shape: OperationShape;
  /** No `Retry-After` without it. */
  readonly retryAfterSeconds?: number;
  /** The first part of its id, where its provider tells kinds of operations apart by it. */
  readonly idPrefix?: string;
  /** The version of its URLs, of those of the style; the first one by default. */
  readonly apiVersion?: string;
  /** How it stands now. */
  readonly state: () => OperationState;
}

/** How a resource provider names its operations and tells of them. */
export interface OperationStyle {
  /** The types of the two URLs: the state and the result. */
  readonly statusType: string;
  readonly resultType: string;
  readonly apiVersions: readonly string[];
  /** What the answer has besides `id`, `status`, `startTime`, `properties` and `error`. */
  readonly extras?: (operation: { readonly name: string; readonly isFinal: boolean }) => object;
}

const usualStyle: OperationStyle = {
  statusType: 'operations',
  resultType: 'operationresults',
  apiVersions: ['2018-06-01'],
};

interface Begun extends Operation {
  readonly startTime: string;
  /** The only query by which it can be asked for. */
  readonly search: string;
}

const final = new Set(['Succeeded', 'Failed', 'Canceled']);
/** The certificate in a signed URL of Azure, by its length alone. */
const certificate = randomBytes(1448).toString('base64url');

/** The long-running operations of a resource provider. Their URLs are signed and work byte for byte only. */
export class Operations {
  readonly #begun = new Map<string, Begun>();

  constructor(
    private readonly namespace: string,
    /** That of the Resource Manager. */
    private readonly url: string,
    private readonly clock: { now(): number },
    private readonly style = usualStyle,
  ) {}

  /** Begins one; gives the headers for the first answer. */
  begin(operation: Operation): Readonly<Record<string, string>> {
    const { shape, idPrefix = '', apiVersion = this.style.apiVersions[0] ?? '' } = operation;
    const id = `${idPrefix}${randomUUID()}`;
    const [signature, hash] = [randomBytes(256), randomBytes(32)].map((bytes) => bytes.toString('base64url'));
    const search = `?api-version=${apiVersion}&t=${Date.now()}0000&c=${certificate}&s=${signature}&h=${hash}`;
    this.#begun.set(id, { ...operation, search, startTime: new Date(this.clock.now()).toISOString() });
    const base = `${this.url}${this.#path(operation.subscriptionId, operation.location)}`;
    const { statusType, resultType } = this.style;
    return {
      ...((shape === 'asyncOperation' || shape === 'both') && {
        'azure-asyncoperation': `${base}/${statusType}/${id}${search}`,
      }),
      ...((shape === 'location' || shape === 'both') && { location: `${base}/${resultType}/${id}${search}` }),
      ...(shape !== 'neither' && retryAfter(operation)),
    };
  }

  addRoutes(router: Router): void {
    const { statusType, resultType, apiVersions, extras } = this.style;
    const base = this.#path('{subscriptionId}', '{location}');
    const add = (word: string, handle: (request: ArmRequest, begun: Begun) => ArmReply): void =>
      router.add({
        method: 'GET',
        path: `${base}/${word}/{operationId}`,
        action: `${this.namespace}/locations/${word}/read`,
        apiVersions,
        handle: (request) => handle(request, this.#find(request)),
      });
    add(statusType, ({ parameters: { operationId: name = '' } }, begun) => {
      const { status, error, properties } = begun.state();
      const { resourceId: id, startTime } = begun;
      const isFinal = final.has(status);
      const headers = isFinal ? {} : retryAfter(begun);
      const body = { id, status, startTime, ...(properties && { properties }), error, ...extras?.({ name, isFinal }) };
      return { status: 200, headers, body };
    });
    add(resultType, ({ path, search }, begun) => {
      const { status, error, result } = begun.state();
      if (!final.has(status)) {
        return { status: 202, headers: { location: `${this.url}${path}${search}`, ...retryAfter(begun) } };
      }
      if (error) throw new ArmError(409, error.code ?? '', error.message, { body: JSON.stringify({ error }) });
      return result ? { status: 200, body: result } : { status: 204 };
    });
  }

  #path(subscriptionId: string, location: string): string {
    return `/subscriptions/${subscriptionId}/providers/${this.namespace}/locations/${location}`;
  }

  #find({ parameters: { operationId = '', location = '' }, search }: ArmRequest): Begun {
    const begun = this.#begun.get(operationId);
    if (!begun) throw resourceNotFound(`${this.namespace}/locations/${this.style.statusType}`, operationId, location);
    if (begun.search !== search) {
      throw new ArmError(403, 'InvalidOperationSignature', 'The signature of the operation URL is not valid.');
    }
    return begun;
  }
}

function retryAfter({ retryAfterSeconds }: Operation): Readonly<Record<string, string>> {
  return retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
}
