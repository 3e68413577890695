import type { Context } from '../../../agent/context';
import { CancelledError, TaskError } from '../../../errors';
import { HttpError } from '../../../http/errors';
import { poll, TimedOutError } from '../../../http/poll';
import { joined } from '../../../sentences';
import { OperationError } from '../../resourceManager/longRunningOperation';
import type { DeploymentsApi } from '../api/deployments';
import { BusyError, secondsToRestore } from '../api/client';
import { bodyWith, type Endpoint, type EndpointApi, type Traffic } from '../api/endpoints';
import { explained } from '../causes/diagnose';
import { logText, readLog } from '../causes/logs';
import { hasSucceeded, isInTransition, type Seen } from '../plan/step';
import { isSameName, isSameTraffic, mirrorOf, shareOf, trafficOf, trafficText } from '../plan/traffic';
import { progressOf, type Progress } from './outcome';

/** What steps work with. */
export interface RunParts {
  readonly endpoint: EndpointApi;
  readonly deployments: DeploymentsApi;
  /** Called whenever more is known. */
  readonly onProgress: (progress: Progress) => void;
}

export const firstPauseSeconds = 5;
const secondsToMirror = 60;

/** The steps that every action has. */
export class EndpointRun {
  constructor(
    readonly parts: RunParts,
    private readonly context: Context,
  ) {}

  async look(): Promise<Seen> {
    const { endpoint: api, deployments: list, onProgress } = this.parts;
    const endpoint = await api.get();
    onProgress(progressOf(endpoint));
    if (!endpoint) return { endpoint, deployments: [] };
    const deployments = await list.list();
    // An endpoint may be deleted between the two.
    return { endpoint, deployments };
  }

  async endpointNow(): Promise<Endpoint> {
    const { endpoint: api, onProgress } = this.parts;
    const endpoint = await api.get();
    if (!endpoint)
      throw new TaskError(`The endpoint '${api.name}' was deleted by somebody else meanwhile. Run the step again.`);
    onProgress(progressOf(endpoint));
    return endpoint;
  }

  async waitForEndpoint(): Promise<void> {
    await this.#settled(`the endpoint '${this.parts.endpoint.name}'`, (budgetSeconds) =>
      this.parts.endpoint.get(budgetSeconds),
    );
  }

  /** Waits until Azure has come to an end with a deployment. */
  async waitForDeployment(name: string): Promise<void> {
    await this.#settled(`the deployment '${name}'`, (budgetSeconds) => this.parts.deployments.get(name, budgetSeconds));
  }

  /** Deletes a deployment without traffic. What failed shows its log before. */
  async deleteDeployment(name: string, reason: string, seen: Seen): Promise<void> {
    const { agent } = this.context;
    const found = seen.deployments.find((each) => isSameName(each.name, name));
    if (found && !hasSucceeded(found)) {
      const log = await readLog(this.parts.deployments, name, 'InferenceServer');
      if (log) agent.group(`Log of ${name}, which ${reason}`, logText(log));
    }
    agent.log(`Deleting the deployment '${name}', which ${reason}.`);
    await this.parts.deployments.delete(name);
  }

  /**
   * Gives the deployments their shares. Throws a TaskError when somebody else has changed the shares since they were read,
   * and when Azure does not have them afterwards.
   */
  async setTraffic(
    seen: Endpoint,
    change: { readonly traffic: Traffic; readonly mirrorTraffic?: Traffic },
  ): Promise<Endpoint> {
    const { endpoint: api } = this.parts;
    const now = await this.endpointNow();
    const { traffic, mirrorTraffic = mirrorBeside(now, change.traffic) } = change;
    const isDone = (endpoint: Endpoint): boolean =>
      isSameTraffic(trafficOf(endpoint), traffic) &&
      isSameTraffic(mirrorOf(endpoint), mirrorTraffic) &&
      !isInTransition(endpoint);
    if (isDone(now)) return now;
    if (isInTransition(now)) throw new BusyError(`The endpoint '${api.name}' is ${now.properties.provisioningState}.`);
    if (!isSameTraffic(trafficOf(now), trafficOf(seen)))
      throw new TaskError(
        `The traffic of the endpoint '${api.name}' was changed by somebody else meanwhile: it had ${trafficText(trafficOf(seen))}, and has ${trafficText(trafficOf(now))}. This step did not change it. Check who deploys to the endpoint, and run again.`,
      );
    this.context.agent.log(
      `Changing the traffic of the endpoint '${api.name}': ${trafficText(trafficOf(now))} → ${trafficText(traffic)}.`,
    );
    await this.#explaining(() => api.setTraffic(now, { traffic, mirrorTraffic }));
    const after = await this.endpointNow();
    if (isDone(after)) return after;
    throw new TaskError(
      `Azure accepted the traffic ${trafficText(traffic)} for the endpoint '${api.name}', but it has ${trafficText(trafficOf(after))}. Somebody else may have changed it at the same time. Run the step again.`,
    );
  }

  /** Sends copies of requests to a canary, whose answers nobody gets, and shows what it logs. */
  async mirror(name: string, endpoint: Endpoint, percent: number): Promise<void> {
    const { agent, clock, signal } = this.context;
    const others = Object.keys(mirrorOf(endpoint)).filter((each) => !isSameName(each, name));
    if (others.length > 0) {
      agent.warning(
        `'${others.join(', ')}' gets copies of the requests, and only one deployment can: '${name}' gets none.`,
      );
      return;
    }
    agent.log(`Sending copies of ${percent} % of the requests to '${name}' for ${secondsToMirror} s.`);
    await this.setTraffic(endpoint, { traffic: trafficOf(endpoint), mirrorTraffic: { [name]: percent } });
    await clock.sleep(secondsToMirror * 1000, signal);
    const log = await readLog(this.parts.deployments, name, 'InferenceServer');
    if (log) agent.group(`Log of ${name} with copies of requests`, logText(log));
  }

  /** Changes settings of the endpoint, and leaves the others as they are. */
  async changeEndpoint(seen: Endpoint, publicNetworkAccess: string): Promise<void> {
    await this.#explaining(() =>
      this.parts.endpoint.put(bodyWith(seen, { publicNetworkAccess }), `change the endpoint '${seen.name}'`),
    );
  }

  async createEndpoint(body: Parameters<EndpointApi['put']>[0]): Promise<void> {
    this.context.agent.log(`Creating the endpoint '${this.parts.endpoint.name}'.`);
    await this.#explaining(() => this.parts.endpoint.put(body));
  }

  async deleteEndpoint(reason: string): Promise<void> {
    const { endpoint } = this.parts;
    this.context.agent.log(`Deleting the endpoint '${endpoint.name}', which ${reason}.`);
    await endpoint.delete();
  }

  /** Whether a deployment answers requests of callers at this moment. */
  async hasTraffic(name: string): Promise<boolean> {
    const now = await this.parts.endpoint.get();
    return now !== undefined && shareOf(trafficOf(now), name) > 0;
  }

  /** Repeats what has to be done, also after the deadline, while Azure is busy. */
  async persist<T>(work: () => Promise<T>): Promise<T> {
    const { clock, signal, deadline } = this.context;
    const end = Math.max(deadline, clock.now() + secondsToRestore * 1000);
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof BusyError) || clock.now() >= end) throw error;
        await clock.sleep(2 * firstPauseSeconds * 1000, signal);
      }
    }
  }

  async #explaining(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof HttpError || error instanceof OperationError) throw explainedError(error);
      throw continuing(error);
    }
  }

  async #settled(
    what: string,
    look: (budgetSeconds: number) => Promise<Endpoint | Seen['deployments'][number] | undefined>,
  ): Promise<void> {
    const { clock, signal, deadline, agent } = this.context;
    let told = '';
    agent.log(`Waiting for Azure, which works on ${what}.`);
    await poll({
      clock,
      signal,
      deadline,
      awaited: `Azure to finish its work on ${what}`,
      probe: async (budgetSeconds) => {
        const found = await look(budgetSeconds);
        const state = found?.properties.provisioningState ?? 'gone';
        if (state !== told) agent.log(`${what}: ${state}`);
        told = state;
        return found;
      },
      isDone: (found) => found === undefined || !isInTransition(found),
      onTransient: (error) => agent.log(`Still waiting. ${error.message}`),
    }).catch((error: unknown) => {
      throw continuing(error);
    });
  }
}

/** The copies of requests that stay as they are: a deployment that answers requests gets none. */
function mirrorBeside(endpoint: Endpoint, traffic: Traffic): Traffic {
  return Object.fromEntries(Object.entries(mirrorOf(endpoint)).filter(([name]) => shareOf(traffic, name) === 0));
}

/** A refusal or a failure of Azure, with what it means before its words. */
export function explainedError(error: HttpError | OperationError): TaskError {
  const message = explained(error);
  return message === error.message ? error : new TaskError(message, { cause: error });
}

const goesOn =
  'What Azure is creating costs as much as a deployment that serves, and a deletion would only wait behind it. Run the step again to take it up.';

/** An error that ends the wait before Azure has ended says so. */
export function continuing(error: unknown): unknown {
  if (error instanceof TimedOutError) return new TimedOutError(joined(error.message, goesOn), { cause: error });
  if (error instanceof CancelledError) return new CancelledError(joined(error.message, goesOn), { cause: error });
  return error;
}
