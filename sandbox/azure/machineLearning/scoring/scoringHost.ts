import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { type AllowedActions, mayDo } from '../../allowedActions';
import type { Callers } from '../../callers';
import { Faults } from '../../../http/faults';
import { reportDefect } from '../../../http/fetchJson';
import { type Answer, closeServer, jsonType, listen, type Received } from '../../../http/httpServer';
import { RequestLog } from '../../../http/requestLog';
import type { OnlineDeployment } from '../deployments/onlineDeployment';
import type { OnlineEndpoint } from '../endpoints/onlineEndpoint';
import type { MlSettings } from '../settings';
import { answerOf } from './deploymentAnswer';
import { MirrorSplit, TrafficSplit } from './trafficSplit';

export interface ScoringParts {
  readonly endpointAt: (host: string) => OnlineEndpoint | undefined;
  readonly callers: Callers;
  readonly allowedActions: AllowedActions;
  readonly settings: MlSettings;
  readonly clock: { now(): number };
}

const audiences = ['https://ml.azure.com', 'https://ml.azure.com/'];
const scoreAction = 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints/score/action';

const errorBody = (code: string, message: string): string => JSON.stringify({ error: { code, message } });

class ScoringError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** The hosts of all endpoints: who may score, and which deployment answers. */
export class ScoringHost {
  readonly faults = new Faults();
  readonly requests = new RequestLog();
  readonly #splits = new WeakMap<OnlineEndpoint, { readonly traffic: TrafficSplit; readonly mirror: MirrorSplit }>();
  #server: { readonly server: Server; readonly url: string } | undefined;

  constructor(private readonly parts: ScoringParts) {}

  async start(): Promise<void> {
    const { faults, requests } = this;
    const answer = (received: Received): Promise<Answer> => this.#answer(received);
    this.#server = await listen({ answer, errorBody, faults, requests }, 0);
  }

  /** Where it really is to be reached. */
  get url(): string {
    return this.#server?.url ?? '';
  }

  async close(): Promise<void> {
    if (this.#server) await closeServer(this.#server.server);
  }

  async #answer(received: Received): Promise<Answer> {
    const headers = { 'x-request-id': randomUUID(), 'x-ms-server-version': 'azureml-online' };
    try {
      const answer = await this.#handle(received);
      return { ...answer, headers: { ...answer.headers, ...headers } };
    } catch (thrown) {
      if (!(thrown instanceof ScoringError)) reportDefect(thrown);
      const { status, code, message } =
        thrown instanceof ScoringError ? thrown : new ScoringError(500, 'InternalServerError', String(thrown));
      return {
        status,
        headers: { ...headers, ...jsonType },
        body: Buffer.from(errorBody(code, message)),
        errorCode: code,
      };
    }
  }

  async #handle(received: Received): Promise<Answer> {
    const host = received.headers.host?.replace(/:\d+$/, '').toLowerCase() ?? '';
    const endpoint = this.parts.endpointAt(host);
    if (!endpoint?.hasSucceeded) throw new ScoringError(404, 'NotFound', 'There is no endpoint at this host.');
    if (endpoint.body.publicNetworkAccess === 'Disabled') {
      throw new ScoringError(403, 'Forbidden', 'Public network access to this endpoint is disabled.');
    }
    await this.#authorize(endpoint, received.headers.authorization);
    const splits = this.#splitsOf(endpoint);
    const wanted = received.headers['azureml-model-deployment'];
    if (wanted !== undefined) return this.#send(this.#named(endpoint, String(wanted)), received);
    const chosen = splits.traffic.next(endpoint.traffic);
    if (chosen === undefined) {
      throw new ScoringError(404, 'NotFound', 'There is no deployment with a positive traffic percentage.');
    }
    await this.#mirror(endpoint, splits.mirror, received);
    return this.#send(this.#named(endpoint, chosen), received);
  }

  /** @throws ScoringError 401 or 403 */
  async #authorize({ body: { authMode }, keys }: OnlineEndpoint, authorization: string | undefined): Promise<void> {
    const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
    const refused = new ScoringError(401, 'Unauthorized', 'The key or token is missing or not valid.');
    if (token === undefined) throw refused;
    if (authMode === 'Key' ? keys.isKey(token) : authMode === 'AMLToken' && keys.isToken(token)) return;
    if (authMode !== 'AADToken') throw refused;
    const caller = await this.parts.callers.callerFor(token, audiences);
    if (!caller) throw refused;
    if (!mayDo(this.parts.allowedActions, caller.appId, scoreAction)) {
      throw new ScoringError(403, 'Forbidden', `The caller lacks the permission ${scoreAction}.`);
    }
  }

  /** @throws ScoringError 404 */
  #named(endpoint: OnlineEndpoint, name: string): OnlineDeployment {
    const deployment = endpoint.deployment(name);
    if (!deployment?.serving) {
      throw new ScoringError(404, 'NotFound', `The deployment '${name}' does not exist or is not ready.`);
    }
    return deployment;
  }

  async #send(deployment: OnlineDeployment, received: Received): Promise<Answer> {
    deployment.counts.answered += 1;
    const answer = await answerOf(deployment, received, this.parts);
    return { ...answer, headers: { ...answer.headers, 'azureml-model-deployment': deployment.name } };
  }

  /** Sends a copy, whose answer nobody gets. */
  async #mirror(endpoint: OnlineEndpoint, split: MirrorSplit, received: Received): Promise<void> {
    const [[name, share] = ['', 0]] = Object.entries(endpoint.mirrorTraffic).filter(([, each]) => each > 0);
    const deployment = endpoint.deployment(name);
    if (share === 0 || !deployment?.serving || !split.isNext(share)) return;
    deployment.counts.mirrored += 1;
    await answerOf(deployment, received, this.parts);
  }

  #splitsOf(endpoint: OnlineEndpoint) {
    const known = this.#splits.get(endpoint) ?? { traffic: new TrafficSplit(), mirror: new MirrorSplit() };
    this.#splits.set(endpoint, known);
    return known;
  }
}
