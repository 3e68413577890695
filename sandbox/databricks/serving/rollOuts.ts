import { setMaxListeners } from 'node:events';
import type { SandboxClock } from '../../clock';
import type { Scripts } from '../scripts';
import type { EndpointConfig, ServedEntity, ServingEndpoint } from './endpoint';
import * as logs from './entityLogs';
import type { RunningModels } from './scoring/runningModels';
import { matchesEntity, type ServingScript } from './servingScripts';

/** Sandbox seconds. Shorter by default than at Databricks, where an update takes up to 30 minutes. */
export interface ServingDurations {
  /** Until the container image of a served entity is built. */
  readonly servingBuildSeconds: number;
  /** From there until its container is ready. */
  readonly servingStartSeconds: number;
  /** Until traffic follows the new routes. */
  readonly servingRouteSeconds: number;
  /** Until an update is given up. */
  readonly servingUpdateTimeoutSeconds: number;
  /** Without requests, until a container with scale to zero is stopped: "30 minutes" at Databricks. */
  readonly servingIdleSeconds: number;
  /** What a request to a container that is scaled to zero waits for. */
  readonly servingColdStartSeconds: number;
}

export interface RollOutParts {
  readonly clock: SandboxClock;
  readonly durations: ServingDurations;
  readonly scripts: Scripts<ServingScript>;
  readonly models: RunningModels;
  /** Whether the creator of an endpoint may read the model. */
  readonly mayRead: (userName: string, entityName: string) => boolean;
  readonly changed: () => void;
}

type Outcome = 'ready' | 'failed' | 'canceled';

/**
 * Brings up the containers of new configs by the clock. An update that fails leaves the active config, which goes on
 * answering requests: "Ready (Update failed)" (Manage model serving endpoints).
 */
export class RollOuts {
  readonly #running = new Map<string, AbortController>();
  #isClosed = false;

  constructor(private readonly parts: RollOutParts) {}

  start(endpoint: ServingEndpoint): void {
    const { pending } = endpoint;
    if (!pending) return;
    const controller = new AbortController();
    this.#running.set(endpoint.id, controller);
    void this.#update(endpoint, pending, controller);
  }

  /** For a deleted endpoint. */
  end({ id, config, pending }: ServingEndpoint): void {
    this.#running.get(id)?.abort();
    this.#running.delete(id);
    for (const entity of [...(config?.entities ?? []), ...(pending?.entities ?? [])]) this.parts.models.stop(entity);
  }

  /** Leaves all updates as they are, for a later start to go on with. */
  close(): void {
    this.#isClosed = true;
    for (const controller of this.#running.values()) controller.abort();
  }

  async #update(endpoint: ServingEndpoint, pending: EndpointConfig, controller: AbortController): Promise<void> {
    const { clock, durations, changed } = this.parts;
    const { signal } = controller;
    const others = new AbortController();
    const both = AbortSignal.any([signal, others.signal]);
    // Each entity listens.
    setMaxListeners(0, both);
    const fresh = pending.entities.filter(({ deployment }) => deployment === 'DEPLOYMENT_CREATING');
    const outcomes = await Promise.all(
      fresh.map(async (entity) => {
        const outcome = await this.#deploy(endpoint, entity, both);
        if (outcome !== 'ready') others.abort();
        return outcome;
      }),
    );
    const hasFailed = outcomes.some((outcome) => outcome !== 'ready');
    if (!hasFailed) await clock.sleep(durations.servingRouteSeconds * 1000, signal);
    if (signal.aborted) return;
    this.#running.delete(endpoint.id);
    if (hasFailed) {
      endpoint.update = outcomes.includes('canceled') ? 'UPDATE_CANCELED' : 'UPDATE_FAILED';
      for (const entity of fresh)
        if (entity.deployment !== 'DEPLOYMENT_FAILED' && entity.deployment !== 'DEPLOYMENT_ABORTED')
          abort(entity, 'Served entity creation aborted because the update of another served entity failed.');
    } else {
      const replaced = endpoint.config?.entities ?? [];
      endpoint.config = pending;
      endpoint.pending = undefined;
      endpoint.update = 'NOT_UPDATING';
      for (const entity of replaced) if (!pending.entities.includes(entity)) this.parts.models.stop(entity);
    }
    endpoint.updatedAt = clock.now();
    changed();
  }

  /** One container, from its image to readiness. */
  async #deploy(endpoint: ServingEndpoint, entity: ServedEntity, signal: AbortSignal): Promise<Outcome> {
    const { clock, durations, scripts, models, mayRead, changed } = this.parts;
    const script = scripts.take((one) => matchesEntity(one, endpoint, entity)) ?? {};
    const { failure } = script;
    const wait = async (seconds: number) => {
      await clock.sleep(seconds * 1000, signal);
      return !signal.aborted;
    };
    const end = (outcome: Outcome) => {
      changed();
      return outcome;
    };

    entity.buildLog.push(...logs.buildStart(entity));
    if (!(await wait(script.buildSeconds ?? durations.servingBuildSeconds))) return 'failed';
    if (failure === 'wrongCreator' || !mayRead(endpoint.creator, entity.entityName)) {
      const reason = logs.creatorRefusal(endpoint.creator, entity);
      entity.buildLog.push(reason);
      fail(entity, reason);
      return end('failed');
    }
    if (failure === 'buildFails') {
      entity.buildLog.push(...logs.buildFailure);
      fail(entity, 'Container creation failed. Please see build logs for more information.');
      return end('failed');
    }
    if (failure === 'outOfCapacity') {
      abort(entity, 'Served entity creation aborted because the resource did not become available in time.');
      return end('failed');
    }
    entity.buildLog.push(logs.buildSuccess);
    entity.message = 'Container image creation finished successfully. Waiting for the model server.';
    changed();

    entity.serviceLog.push(...logs.serviceStart(entity));
    const startSeconds =
      failure === 'neverReady' ? durations.servingUpdateTimeoutSeconds : durations.servingStartSeconds;
    if (!(await wait(script.startSeconds ?? startSeconds))) return 'failed';
    if (failure === 'neverReady') {
      abort(
        entity,
        'Served entity creation aborted because the endpoint update timed out. Please see service logs for more information.',
      );
      return end('failed');
    }
    if (failure === 'updateCanceled') {
      abort(entity, 'Served entity creation aborted because the endpoint update was canceled.');
      return end('canceled');
    }
    if (failure === 'updateFails') {
      abort(entity, 'Served entity creation aborted because the endpoint update failed.');
      return end('failed');
    }
    try {
      if (failure === 'containerCrashes') throw new Error(logs.crash);
      await models.load(entity);
    } catch (error) {
      entity.serviceLog.push(...logs.loadFailure(error));
      fail(entity, 'Model server failed to load the model. Please see service logs for more information.');
      return end('failed');
    }
    entity.scoresWrongly = failure === 'wrongAnswers';
    entity.deployment = 'DEPLOYMENT_READY';
    entity.message = '';
    entity.lastRequestAt = clock.now();
    if (failure === 'containerRestarts') void this.#restartLater(endpoint, entity, script);
    return end('ready');
  }

  #hasClosed(): boolean {
    return this.#isClosed;
  }

  /** The container ends once, and starts again. */
  async #restartLater(
    endpoint: ServingEndpoint,
    entity: ServedEntity,
    { runSeconds = 60 }: ServingScript,
  ): Promise<void> {
    const { clock, durations, changed } = this.parts;
    await clock.sleep(runSeconds * 1000);
    if (this.#hasClosed() || !endpoint.config?.entities.includes(entity)) return;
    entity.deployment = 'DEPLOYMENT_RECOVERING';
    entity.message = 'The container of the served entity ended and is restarting.';
    entity.serviceLog.push(logs.crash);
    changed();
    await clock.sleep(durations.servingStartSeconds * 1000);
    if (this.#hasClosed()) return;
    entity.deployment = 'DEPLOYMENT_READY';
    entity.message = '';
    changed();
  }
}

function fail(entity: ServedEntity, message: string): void {
  entity.deployment = 'DEPLOYMENT_FAILED';
  entity.message = message;
}

function abort(entity: ServedEntity, message: string): void {
  entity.deployment = 'DEPLOYMENT_ABORTED';
  entity.message = message;
}
