import type { Context } from '../../agent/context';
import { HttpError } from '../../http/errors';
import type { DetailedHttpClient, HttpRequest } from '../../http/httpClient';
import type { Json } from '../../json';
import { poll } from '../../http/poll';
import { finishOperation, type Operation } from '../resourceManager/longRunningOperation';

/** The definition of a group, in the terms of the REST API (Microsoft.ContainerInstance/containerGroups). */
export type GroupBody = Readonly<Record<string, Json>>;

/** A container group as Azure returns it: the fields that are read here. */
export interface ContainerGroup {
  readonly name: string;
  readonly location?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly properties: {
    readonly provisioningState?: string;
    readonly containers?: readonly Container[];
    readonly osType?: string;
    readonly restartPolicy?: string;
    readonly ipAddress?: { readonly ip?: string; readonly fqdn?: string; readonly ports?: readonly Port[] };
    readonly instanceView?: { readonly state?: string; readonly events?: readonly ContainerEvent[] };
  };
}

export interface Container {
  readonly name: string;
  readonly properties: {
    readonly image?: string;
    readonly resources?: { readonly requests?: { readonly cpu?: number; readonly memoryInGB?: number } };
    readonly instanceView?: {
      readonly restartCount?: number;
      readonly currentState?: ContainerState;
      readonly previousState?: ContainerState;
      readonly events?: readonly ContainerEvent[];
    };
  };
}

export interface ContainerState {
  /** `Waiting`, `Running` or `Terminated`. */
  readonly state?: string;
  readonly startTime?: string;
  readonly exitCode?: number;
  /** `CrashLoopBackOff`, `Error`, `OOMKilled`… */
  readonly detailStatus?: string;
}

export interface ContainerEvent {
  readonly count?: number;
  readonly firstTimestamp?: string;
  readonly lastTimestamp?: string;
  /** `Pulling`, `Pulled`, `Started`, `Failed`, `Killing`… */
  readonly name?: string;
  readonly message?: string;
  /** `Normal` or `Warning`. */
  readonly type?: string;
}

interface Port {
  readonly port: number;
}

const apiVersion = '2023-05-01';

/** The container groups of a resource group. */
export class ContainerGroupsApi {
  readonly #path: string;

  constructor(
    private readonly http: DetailedHttpClient,
    place: { readonly subscriptionId: string; readonly resourceGroup: string },
    private readonly context: Context,
  ) {
    const [subscription, group] = [place.subscriptionId, place.resourceGroup].map(encodeURIComponent);
    this.#path = `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.ContainerInstance/containerGroups`;
  }

  /** The resource id of a group. */
  idOf(name: string): string {
    return `${this.#path}/${encodeURIComponent(name)}`;
  }

  /** Undefined when there is none of this name. */
  async get(name: string, budgetSeconds?: number): Promise<ContainerGroup | undefined> {
    try {
      return await this.http.json<ContainerGroup>({
        ...this.#request('GET', this.idOf(name), `read the container group '${name}'`),
        ...(budgetSeconds !== undefined && { budgetSeconds }),
      });
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** Creates or replaces a group: what the body leaves out becomes a default. */
  async put(name: string, body: GroupBody, options: PutOptions): Promise<void> {
    const request = this.#request('PUT', this.idOf(name), `deploy the container group '${name}'`);
    await this.#carryOut({ ...request, ...options, json: body });
  }

  /** Does nothing when the group does not exist. */
  async delete(name: string): Promise<void> {
    try {
      await this.#carryOut(this.#request('DELETE', this.idOf(name), `delete the container group '${name}'`));
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  /** Starts all containers of a stopped group. */
  async start(name: string): Promise<void> {
    await this.#carryOut(this.#request('POST', `${this.idOf(name)}/start`, `start the container group '${name}'`));
  }

  /** The last lines of a container's log; empty while there is none. */
  async logs(name: string, container: string, lines: number): Promise<string> {
    try {
      const path = `${this.idOf(name)}/containers/${encodeURIComponent(container)}/logs`;
      const request = this.#request('GET', path, `read the log of the container '${container}'`);
      const query = { ...request.query, tail: lines };
      return (await this.http.json<{ readonly content?: string | null }>({ ...request, query })).content ?? '';
    } catch (error) {
      // Azure answers an error while nothing has been printed yet.
      if (error instanceof HttpError && error.status >= 400 && error.status < 429) return '';
      throw error;
    }
  }

  #request<M extends HttpRequest['method']>(method: M, path: string, purpose: string) {
    // Each request states the wanted result, so that repeating it is safe.
    return { method, path, query: { 'api-version': apiVersion }, purpose, repeatable: true } as const;
  }

  async #carryOut(
    request: Pick<Operation, 'method' | 'path' | 'query' | 'purpose'> & Partial<PutOptions> & { readonly json?: Json },
  ): Promise<void> {
    const { clock, signal, deadline } = this.context;
    const first = await poll({
      clock,
      signal,
      deadline,
      awaited: `Azure to be free to ${request.purpose}`,
      probe: (budgetSeconds) => unlessBusy(this.http.answer({ ...request, budgetSeconds })),
      isDone: (answer) => answer !== undefined,
    });
    if (first) await finishOperation(this.http, first, request, this.context);
  }
}

/** Undefined while Azure is busy with another operation on the group. */
async function unlessBusy<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof HttpError && error.errorCode === 'ContainerGroupTransitioning') return undefined;
    throw error;
  }
}

interface PutOptions {
  /** Values in the body that no message may repeat. */
  readonly secrets: readonly string[];
  /** Called after each look that finds the operation still running; an error that it throws ends the wait. */
  readonly onRunning: () => Promise<void>;
}

function isMissing(error: unknown): boolean {
  return error instanceof HttpError && error.status === 404 && error.errorCode !== 'ResourceGroupNotFound';
}
