import { TaskError } from '../../errors';
import { HttpError } from '../../http/errors';
import { poll, TimedOutError } from '../../http/poll';
import type { JsonMap } from '../../json';
import type { EndpointConfig, ServingEndpoint } from '../api/servingEndpoints';
import { refusal } from './trouble/refusal';
import type { EndpointWork } from './request';
import { configBody, isSameTraffic, servedIn, type Served } from './traffic/served';

/** An update of an endpoint ended without success, and what served before still serves. */
export class UpdateFailure extends TaskError {
  override readonly name = 'UpdateFailure';

  constructor(
    readonly endpoint: ServingEndpoint,
    /** The config that does not serve. */
    readonly failed: EndpointConfig,
  ) {
    super(`The update of the serving endpoint '${endpoint.name}' ended as ${endpoint.configUpdate}.`);
  }
}

/** Somebody else has deployed meanwhile. Their version is not touched. */
export class SupersededError extends TaskError {
  override readonly name = 'SupersededError';
}

const secondsAfterConflict = 2;
const secondsToAppear = 60;
const secondsUntilReady = 5;

/** An endpoint that is not being updated. */
export interface Settled {
  readonly endpoint: ServingEndpoint | undefined;
  /** Whether an update that somebody has started was waited for. */
  readonly hasWaited: boolean;
}

/** Waits until no update is in progress. Undefined when there is no endpoint. */
export async function settled({ api, name, context }: EndpointWork): Promise<Settled> {
  const { agent, clock, signal, deadline } = context;
  let said = '';
  try {
    const endpoint = await poll({
      clock,
      signal,
      deadline,
      awaited: `the update of the serving endpoint '${name}' to end`,
      probe: (budgetSeconds) => api.find(name, budgetSeconds),
      isDone: (found) => {
        if (found?.configUpdate !== 'IN_PROGRESS') return true;
        const text = progressText(found);
        if (text !== said) agent.log(text);
        said = text;
        return false;
      },
      onTransient: (error) => agent.log(`Still waiting for the serving endpoint '${name}'. ${error.message}`),
    });
    return { endpoint, hasWaited: said !== '' };
  } catch (error) {
    if (!(error instanceof TimedOutError)) throw error;
    throw new TimedOutError(
      `${error.message} Databricks continues the update, which does not affect what serves now. Run ${agent.words.thisStep} again to take it up, or allow more time. ${said}`.trim(),
      { cause: error },
    );
  }
}

/**
 * Updates what an endpoint serves, and waits for the end. Returns whether the update was accepted: not while another one
 * is in progress. Throws an UpdateFailure.
 */
export async function update(
  work: EndpointWork,
  target: readonly Served[],
  autoCapture: JsonMap | undefined,
): Promise<boolean> {
  const { api, name } = work;
  let version: number;
  try {
    version = await api.updateConfig(name, configBody(target, autoCapture));
  } catch (error) {
    if (isConflict(error)) return notYet(work);
    throw await refusal(work, error, target);
  }
  const { endpoint } = await settled(work);
  if (endpoint) throwIfFailed(endpoint, target, version);
  return true;
}

/** Waits until an endpoint that was created can be read, and its first update has ended. Throws an UpdateFailure. */
export async function followCreation(work: EndpointWork, target: readonly Served[]): Promise<void> {
  const { api, name, context } = work;
  const { clock, signal } = context;
  await poll({
    clock,
    signal,
    deadline: clock.now() + secondsToAppear * 1000,
    awaited: `the new serving endpoint '${name}' to be there`,
    probe: (budgetSeconds) => api.find(name, budgetSeconds),
    isDone: (found) => found !== undefined,
  });
  const { endpoint } = await settled(work);
  if (endpoint) throwIfFailed(endpoint, target);
}

/**
 * Whether the container of an entity that the endpoint serves is ready; waits a moment where it is not yet, or not again.
 * Throws an UpdateFailure where it has failed.
 */
export async function isReady(work: EndpointWork, endpoint: ServingEndpoint, entryName: string): Promise<boolean> {
  const { clock, signal, deadline, agent } = work.context;
  const found = endpoint.config?.entities.find(({ name }) => name === entryName);
  if (!endpoint.config || !found || ['', 'DEPLOYMENT_READY'].includes(found.deployment)) return true;
  if (['DEPLOYMENT_FAILED', 'DEPLOYMENT_ABORTED'].includes(found.deployment))
    throw new UpdateFailure(endpoint, endpoint.config);
  if (clock.now() >= deadline)
    throw new TimedOutError(
      `Timed out waiting for ${entryName} to be ready: it is ${found.deployment}. ${found.message}`,
    );
  agent.log(`${entryName} is ${found.deployment}. ${found.message}`);
  await clock.sleep(secondsUntilReady * 1000, signal);
  return false;
}

/** Throws an UpdateFailure when the update that somebody else began to the same end has failed. */
export function throwIfOthersFailed(endpoint: ServingEndpoint, entryName: string): void {
  const { pending, configUpdate } = endpoint;
  if (pending && configUpdate !== 'NOT_UPDATING' && pending.entities.some(({ name }) => name === entryName))
    throw new UpdateFailure(endpoint, pending);
}

/** Throws an UpdateFailure when the config that failed is this one: the same entries, or the same number. */
function throwIfFailed(endpoint: ServingEndpoint, target: readonly Served[], version = 0): void {
  const { pending, configUpdate } = endpoint;
  if (!pending || configUpdate === 'NOT_UPDATING' || pending.version < version) return;
  if (isSameTraffic(servedIn(endpoint.config), target)) return;
  if (pending.version === version || isSameTraffic(servedIn(pending), target))
    throw new UpdateFailure(endpoint, pending);
}

/** Lets the update of somebody else begin to show. */
async function notYet({ name, context: { clock, signal, deadline } }: EndpointWork): Promise<false> {
  if (clock.now() >= deadline)
    throw new TimedOutError(
      `Timed out waiting for the updates of others to the serving endpoint '${name}' to end. Run the step again.`,
    );
  await clock.sleep(secondsAfterConflict * 1000, signal);
  return false;
}

/** Another update is in progress. The status, 409, is also that of a name that is taken. */
function isConflict(error: unknown): boolean {
  return error instanceof HttpError && error.errorCode === 'RESOURCE_CONFLICT';
}

/** A new endpoint has the name of one that somebody has created meanwhile. */
export function isTaken(error: unknown): boolean {
  return error instanceof HttpError && error.errorCode === 'RESOURCE_ALREADY_EXISTS';
}

function progressText({ name, pending }: ServingEndpoint): string {
  const parts = (pending?.entities ?? [])
    .filter(({ deployment }) => deployment !== 'DEPLOYMENT_READY')
    .map((entity) => `${entity.name} is ${entity.deployment || 'new'}${entity.message && `: ${entity.message}`}`);
  return [`The serving endpoint '${name}' is being updated.`, ...parts].join(' ');
}
