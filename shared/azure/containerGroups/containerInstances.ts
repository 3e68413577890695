import type { Context } from '../../agent/context';
import { hostName, ipAddress, portNumber } from '../../http/transport/address';
import { HttpError } from '../../http/errors';
import type { DetailedHttpClient, HttpRequest } from '../../http/httpClient';
import type { Json } from '../../json';
import { poll, TimedOutError } from '../../http/poll';
import { pathSegment } from '../../pathSegment';
import { accepted, finishOperation, type Operation } from '../resourceManager/longRunningOperation';
import * as shape from '../../http/shape';

/** The definition of a group, in the terms of the REST API (Microsoft.ContainerInstance/containerGroups). */
export type GroupBody = Readonly<Record<string, Json>>;

const containerEvent = shape.object({
  count: shape.maybe(shape.number),
  firstTimestamp: shape.optionalText,
  lastTimestamp: shape.optionalText,
  /** `Pulling`, `Pulled`, `Started`, `Failed`, `Killing`… */
  name: shape.optionalText,
  message: shape.optionalText,
  /** `Normal` or `Warning`. */
  type: shape.optionalText,
});

const containerState = shape.object({
  /** `Waiting`, `Running` or `Terminated`. */
  state: shape.optionalText,
  startTime: shape.optionalText,
  exitCode: shape.maybe(shape.number),
  /** `CrashLoopBackOff`, `Error`, `OOMKilled`… */
  detailStatus: shape.optionalText,
});

const container = shape.object({
  name: shape.text,
  properties: shape.object({
    image: shape.optionalText,
    resources: shape.maybe(
      shape.object({
        requests: shape.maybe(shape.object({ cpu: shape.maybe(shape.number), memoryInGB: shape.maybe(shape.number) })),
      }),
    ),
    instanceView: shape.maybe(
      shape.object({
        restartCount: shape.maybe(shape.number),
        currentState: shape.maybe(containerState),
        previousState: shape.maybe(containerState),
        events: shape.maybe(shape.list(containerEvent)),
      }),
    ),
  }),
});

const containerGroup = shape.object({
  name: shape.text,
  location: shape.optionalText,
  tags: shape.maybe(shape.mapOf(shape.text)),
  properties: shape.object({
    provisioningState: shape.optionalText,
    containers: shape.maybe(shape.list(container)),
    osType: shape.optionalText,
    restartPolicy: shape.optionalText,
    ipAddress: shape.maybe(
      shape.object({
        ip: shape.blankable(ipAddress),
        fqdn: shape.blankable(hostName),
        ports: shape.maybe(shape.list(shape.object({ port: portNumber }))),
      }),
    ),
    instanceView: shape.maybe(
      shape.object({ state: shape.optionalText, events: shape.maybe(shape.list(containerEvent)) }),
    ),
  }),
});

/** A container group as Azure returns it: the fields that are read here. */
export type ContainerGroup = shape.Read<typeof containerGroup>;
export type Container = shape.Read<typeof container>;
export type ContainerState = shape.Read<typeof containerState>;
export type ContainerEvent = shape.Read<typeof containerEvent>;

const containerLog = shape.object({ content: shape.optionalText });

const apiVersion = '2023-05-01';
/** For a group to disappear after its deletion, also at the deadline. */
const secondsToDisappear = 30;

/** The container groups of a resource group. */
export class ContainerGroupsApi {
  readonly #path: string;

  constructor(
    private readonly http: DetailedHttpClient,
    place: { readonly subscriptionId: string; readonly resourceGroup: string },
    private readonly context: Context,
  ) {
    const [subscription, group] = [place.subscriptionId, place.resourceGroup].map(pathSegment);
    this.#path = `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.ContainerInstance/containerGroups`;
  }

  /** The resource id of a group. */
  idOf(name: string): string {
    return `${this.#path}/${pathSegment(name)}`;
  }

  /** Undefined when there is none of this name. */
  async get(name: string, budgetSeconds?: number): Promise<ContainerGroup | undefined> {
    try {
      const request = this.#request('GET', this.idOf(name), `read the container group '${name}'`);
      const isIt = (group: ContainerGroup): boolean => group.name.toLowerCase() === name.toLowerCase();
      return await this.http.json(
        { ...request, ...(budgetSeconds !== undefined && { budgetSeconds }) },
        shape.checked(containerGroup, isIt, 'it is about another container group'),
      );
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

  /** Deletes a group, and waits until it no longer exists. Does nothing when it does not exist. */
  async delete(name: string): Promise<void> {
    try {
      await this.#carryOut(this.#request('DELETE', this.idOf(name), `delete the container group '${name}'`));
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    const { clock, signal, deadline } = this.context;
    let left: ContainerGroup | undefined;
    await poll({
      clock,
      signal,
      deadline: Math.max(deadline, clock.now() + secondsToDisappear * 1000),
      awaited: `the container group '${name}' to be deleted`,
      probe: async (budgetSeconds) => (left = await this.get(name, budgetSeconds)),
      isDone: (group) => group === undefined,
    }).catch((error: unknown) => {
      if (!(error instanceof TimedOutError) || !left) throw error;
      const state = left.properties.provisioningState ?? 'unknown';
      throw new TimedOutError(
        `${error.message} Azure accepted the deletion, but the group still exists (provisioning state ${state}). Delete it in the Azure portal, or run again.`,
        { cause: error },
      );
    });
  }

  /** Starts all containers of a stopped group. */
  async start(name: string): Promise<void> {
    await this.#carryOut(this.#request('POST', `${this.idOf(name)}/start`, `start the container group '${name}'`));
  }

  /** The last lines of a container's log; empty while there is none. */
  async logs(name: string, container: string, lines: number): Promise<string> {
    try {
      const path = `${this.idOf(name)}/containers/${pathSegment(container)}/logs`;
      const request = this.#request('GET', path, `read the log of the container '${container}'`);
      const query = { ...request.query, tail: lines };
      return (await this.http.json({ ...request, query }, containerLog)).content ?? '';
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
      probe: (budgetSeconds) => unlessBusy(this.http.answer({ ...request, budgetSeconds }, accepted)),
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
