import { CancelledError, TaskError } from '../../errors';
import { TimedOutError } from '../../http/poll';
import type { ServingEndpoint } from '../api/servingEndpoints';
import { checkExtras, ensureExtras, extrasOfCreation, isOther, warnOfCreation } from './extras';
import { factsOf } from './facts';
import { failureOf, withoutNew } from './trouble/failure';
import { checkOwner } from './owner';
import { newProgress, send, type Progress } from './progress';
import { proveEndpoint, proveEntry, WrongAnswer } from './proof';
import { deploymentTags, missingTags, recorded } from './record';
import { refusal } from './trouble/refusal';
import type { EndpointDeployment, EndpointWork } from './request';
import { configBody, entryFor, isSameTraffic, servedIn, titleOf, type Served } from './traffic/served';
import { previousOf, trafficText, withoutPrevious, withTraffic, withTrial } from './traffic/shares';
import {
  followCreation,
  isReady,
  isTaken,
  settled,
  SupersededError,
  throwIfOthersFailed,
  UpdateFailure,
} from './updates';

/**
 * Deploys a model version to an endpoint, which is created where there is none. The new version runs beside the present one
 * without traffic, has to answer the sample at its own address, and only then receives traffic. Each step begins with what
 * the endpoint serves at that moment, so that a run that was interrupted is continued by the next one, and updates of others
 * are waited for. When it fails, what served before still serves. Resolves with what serves. Throws a TaskError.
 */
export async function deployEndpoint(work: EndpointWork, request: EndpointDeployment): Promise<readonly Served[]> {
  const progress = newProgress();
  work.onFacts({ rolledBack: 'false', resultState: 'Failed', modelVersion: request.wanted.version });
  try {
    for (;;) {
      const done = await advance(work, request, progress);
      if (done) return done;
    }
  } catch (error) {
    throw await explained(work, request, progress, error);
  }
}

/** One step towards what is wanted; resolves with what serves when nothing is left to do. */
async function advance(
  work: EndpointWork,
  request: EndpointDeployment,
  progress: Progress,
): Promise<readonly Served[] | undefined> {
  const { name, onFacts, context } = work;
  const { endpoint, hasWaited } = await settled(work);
  if (!endpoint) {
    if (progress.entry) throw new SupersededError(`Superseded: somebody deleted the serving endpoint '${name}'.`);
    await create(work, request, progress);
    return undefined;
  }
  checkOwner(endpoint, request.adopt);
  const present = servedIn(endpoint.config);
  const entry = entryFor(request.wanted, present);
  const isThere = present.some((one) => one.name === entry.name);
  if (!isThere && (hasWaited || progress.hasConflict)) throwIfOthersFailed(endpoint, entry.name);
  if (isThere ? progress.hasShifted && entry.percent === 0 : progress.isProven)
    throw new SupersededError(
      `Superseded: somebody else has deployed to the serving endpoint '${name}' meanwhile. ${trafficText(present)}`,
    );
  progress.good ??= present;
  progress.entry = entry;
  onFacts(factsOf(endpoint, present, entry.name));
  const capture = request.wanted.autoCapture ?? endpoint.config?.autoCapture;

  if (!isThere) {
    context.agent.log(`Deploying ${titleOf(entry)} without traffic. ${trafficText(present)}`);
    await send(work, endpoint, withTrial(present, entry), progress, capture);
    return undefined;
  }
  if (!(await isReady(work, endpoint, entry.name))) return undefined;
  if (!progress.isProven) {
    progress.isProven = true;
    // The samples take time, in which others may change the endpoint: it is read again.
    if (request.smoke) return proveEntry(work, entry, request.smoke);
  }

  const { previous } = recorded(endpoint);
  const shifted = withTraffic(present, entry, request.strategy, previous);
  if (!isSameTraffic(present, shifted)) {
    await record(work, endpoint, entry, previousOf(present, entry.name, previous));
    context.agent.log(`Sending traffic to ${titleOf(entry)}.`);
    await send(work, endpoint, shifted, progress, capture);
    progress.hasShifted ||= !progress.hasConflict;
    return undefined;
  }
  if (entry.percent === 100 && !progress.isConfirmed) {
    progress.isConfirmed = true;
    if (request.smoke) return proveEndpoint(work, entry, request.smoke);
  }

  const left = request.strategy.kind === 'replace' ? withoutPrevious(present, entry, previous) : present;
  if (!isSameTraffic(present, left) || isCaptureOther(request, endpoint)) {
    await send(work, endpoint, left, progress, capture);
    return undefined;
  }
  const tags = { ...request.extras.tags, ...tagsOfFirst(endpoint, entry, present) };
  const extras = { ...request.extras, tags };
  if (progress.hasSetExtras) checkExtras(endpoint, extras);
  else if (await ensureExtras(work, endpoint, extras)) {
    progress.hasSetExtras = true;
    return undefined;
  }
  warnOfCreation(work, endpoint, extras);
  const isUnchanged = progress.updates === 0 && !progress.hasSetExtras;
  onFacts({ resultState: isUnchanged ? 'Unchanged' : entry.percent < 100 ? 'Canary' : 'Deployed' });
  return present;
}

/** What is recorded of an entry that got its traffic without a record: by somebody else, or as the only one. */
function tagsOfFirst(
  endpoint: ServingEndpoint,
  entry: Served,
  present: readonly Served[],
): Readonly<Record<string, string>> {
  const { deployed, previous } = recorded(endpoint);
  return deployed === entry.name ? {} : deploymentTags(entry, previousOf(present, entry.name, previous));
}

function isCaptureOther({ wanted }: EndpointDeployment, { config }: ServingEndpoint): boolean {
  return wanted.autoCapture !== undefined && isOther(wanted.autoCapture, config?.autoCapture);
}

async function create(work: EndpointWork, request: EndpointDeployment, progress: Progress): Promise<void> {
  const { api, name, context } = work;
  const entry = { ...entryFor(request.wanted, []), percent: 100 };
  context.agent.log(`There is no serving endpoint '${name}'. Creating it with ${titleOf(entry)}.`);
  progress.good = [];
  progress.entry = entry;
  const tags = { ...request.extras.tags, ...deploymentTags(entry, undefined) };
  const config = configBody([entry], request.wanted.autoCapture);
  try {
    await api.create(name, { config, ...extrasOfCreation({ ...request.extras, tags }) });
  } catch (error) {
    if (!isTaken(error)) throw await refusal(work, error, [entry]);
    progress.hasConflict = true;
    return;
  }
  progress.updates++;
  await followCreation(work, [entry]);
}

/** Records what is deployed, and what serves now, before the traffic is sent elsewhere. */
async function record(
  { api, name }: EndpointWork,
  endpoint: ServingEndpoint,
  entry: Served,
  previous: Served | undefined,
): Promise<void> {
  const tags = missingTags(endpoint, deploymentTags(entry, previous));
  if (Object.keys(tags).length > 0) await api.addTags(name, tags);
}

/** The error with what serves now. A run that was cancelled or ran out of time leaves all to the next one. */
async function explained(
  work: EndpointWork,
  { onFailure, strategy }: EndpointDeployment,
  progress: Progress,
  error: unknown,
): Promise<unknown> {
  if (error instanceof SupersededError) work.onFacts({ resultState: 'Superseded' });
  const isLeft = error instanceof SupersededError || error instanceof CancelledError || error instanceof TimedOutError;
  if (isLeft || work.context.signal.aborted || !(error instanceof TaskError)) return error;
  const failure = await failureOf(
    work,
    error,
    progress,
    onFailure === 'leave' ? undefined : withoutNew(progress, strategy),
  );
  const isProblem = error instanceof WrongAnswer || error instanceof UpdateFailure;
  return isProblem && onFailure === 'delete' ? await withDeletion(work, progress, failure) : failure;
}

/** Deletes an endpoint that this run has created. */
async function withDeletion(
  work: EndpointWork,
  { good = [], updates }: Progress,
  failure: TaskError,
): Promise<TaskError> {
  if (good.length > 0 || updates === 0) return failure;
  try {
    await work.api.remove(work.name);
  } catch (error) {
    if (!(error instanceof TaskError) || work.context.signal.aborted) throw error;
    return new TaskError(`${failure.message}\n${error.message}`, { cause: error });
  }
  return new TaskError(`${failure.message}\nThe serving endpoint '${work.name}' was deleted.`, { cause: failure });
}
