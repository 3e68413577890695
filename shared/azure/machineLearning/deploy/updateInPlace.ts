import type { Context } from '../../../agent/context';
import { TaskError } from '../../../errors';
import type { JsonMap } from '../../../json';
import type { Deployment } from '../api/deployments';
import { without } from '../api/endpoints';
import { settingsOf } from '../plan/tags';
import type { EndpointRun } from './endpointRun';
import type { OnFailure } from './outcome';
import type { Recovery } from './recovery';

interface Change {
  readonly before: Deployment;
  /** What it is to be. */
  readonly body: JsonMap;
  /** Throws when it does not serve. */
  readonly test: () => Promise<void>;
  readonly onFailure: OnFailure;
  readonly onRunning: () => Promise<void>;
}

/** Changes the deployment that serves. If it does not serve then, it becomes what it was. */
export async function updateInPlace(
  run: EndpointRun,
  recovery: Recovery,
  { before, body, test, onFailure, onRunning }: Change,
  { agent }: Context,
): Promise<void> {
  const { name } = before;
  const { deployments, onProgress } = run.parts;
  agent.log(`Updating the deployment '${name}' in place.`);
  try {
    await deployments.put(name, body, { onRunning });
    await test();
  } catch (error) {
    const diagnosis = await recovery.diagnosed(name, error);
    if (onFailure === 'leave') throw new TaskError(`${diagnosis} '${name}' is left as it is.`, { cause: error });
    const now = await deployments.get(name);
    if (now && settingsOf(now) === settingsOf(before))
      throw new TaskError(`${diagnosis} '${name}' was not changed.`, { cause: error });
    agent.log(`Restoring the deployment '${name}'.`);
    await run.persist(() => deployments.put(name, earlierBody(before)));
    onProgress({ isRolledBack: true });
    throw new TaskError(`${diagnosis} '${name}' was restored to what it was.`, { cause: error });
  }
}

/** The body by which a deployment becomes what it was. */
function earlierBody({ whole }: Deployment): JsonMap {
  const { location, tags, sku, identity, kind, properties } = whole;
  const body = { location, tags, sku, identity, kind, properties: without(properties, ['provisioningState']) };
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined && value !== null));
}
