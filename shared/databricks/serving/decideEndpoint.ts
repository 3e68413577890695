import { CancelledError, TaskError } from '../../errors';
import { poll, TimedOutError } from '../../http/poll';
import type { SmokeTest } from '../../smokeTest/runSmokeTest';
import type { ServingEndpoint } from '../api/servingEndpoints';
import { factsOf, servedFacts } from './facts';
import { failureOf, type Restored } from './trouble/failure';
import { checkOwner } from './owner';
import { newProgress, send, type Progress } from './progress';
import { proveEndpoint, proveEntry } from './proof';
import { recorded } from './record';
import { refusal } from './trouble/refusal';
import type { EndpointWork, ResultState } from './request';
import { isSameTraffic, servedIn, type Served } from './traffic/served';
import { withoutEntry, withoutPrevious, withTraffic } from './traffic/shares';
import { settled, SupersededError } from './updates';

/** What an action did: what serves, and whether that was a change. */
export interface Decided {
  readonly present: readonly Served[];
  readonly isChange: boolean;
}

const secondsToDisappear = 120;

/**
 * Sends all traffic to the version that was deployed last, and removes the one before it. A second run changes nothing.
 * Throws a TaskError; when the version answers wrongly with all traffic, it gets its share of before.
 */
export async function promoteEndpoint(work: EndpointWork, smoke: SmokeTest | undefined): Promise<Decided> {
  const step = (its: EndpointWork, progress: Progress) => promoteStep(its, smoke, progress);
  const restored = ({ good, updates }: Progress): Restored | undefined => (updates > 0 ? () => good : undefined);
  return decide(work, 'Promoted', step, restored);
}

async function promoteStep(
  work: EndpointWork,
  smoke: SmokeTest | undefined,
  progress: Progress,
): Promise<readonly Served[] | undefined> {
  const { endpoint, present, deployed, previous } = await read(work);
  const entry = present.find((one) => one.name === deployed);
  if (!entry || (entry.percent === 0 && progress.hasShifted))
    throw progress.updates > 0
      ? new SupersededError(`Superseded: somebody else has changed the serving endpoint '${work.name}' meanwhile.`)
      : new TaskError(
          `${deployed} is not served any more, so it cannot be promoted: it was rejected or replaced. Deploy it again.`,
        );
  if (entry.percent === 0)
    throw new TaskError(
      `${deployed} has no traffic yet: its deployment did not complete. Deploy it again, then promote it.`,
    );
  progress.good ??= present;
  progress.entry = entry;
  work.onFacts({ ...factsOf(endpoint, present, entry.name), modelVersion: entry.version });
  if (!progress.isProven) {
    progress.isProven = true;
    if (smoke) return proveEntry(work, entry, smoke);
  }
  const shifted = withTraffic(present, entry, { kind: 'blueGreen' }, previous);
  if (!isSameTraffic(present, shifted)) {
    await send(work, endpoint, shifted, progress);
    progress.hasShifted ||= !progress.hasConflict;
    return undefined;
  }
  if (!progress.isConfirmed) {
    progress.isConfirmed = true;
    if (smoke) return proveEndpoint(work, entry, smoke);
  }
  const alone = withoutPrevious(present, entry, previous);
  if (isSameTraffic(present, alone)) return present;
  await send(work, endpoint, alone, progress);
  return undefined;
}

/**
 * Takes the version that was deployed last out of service, and gives its traffic back. A second run changes nothing. Throws
 * a TaskError when nothing else serves.
 */
export async function rejectEndpoint(work: EndpointWork): Promise<Decided> {
  return decide(work, 'Rejected', rejectStep, () => undefined);
}

async function rejectStep(work: EndpointWork, progress: Progress): Promise<readonly Served[] | undefined> {
  const { endpoint, present, deployed, previous } = await read(work);
  const entry = present.find((one) => one.name === deployed);
  work.onFacts(factsOf(endpoint, present, deployed));
  if (!entry) return present;
  work.onFacts({ modelVersion: entry.version });
  const target = withoutEntry(present, deployed, { recorded: previous });
  if (!target)
    throw new TaskError(
      `${deployed} is all that the serving endpoint '${work.name}' serves, so it cannot be rejected: the previous version was removed. Deploy the version that is wanted instead.`,
    );
  await send(work, endpoint, target, progress);
  return undefined;
}

/** Repeats a step until it finds nothing left to do. */
async function decide(
  work: EndpointWork,
  resultState: ResultState,
  step: (work: EndpointWork, progress: Progress) => Promise<readonly Served[] | undefined>,
  restored: (progress: Progress) => Restored | undefined,
): Promise<Decided> {
  const progress = newProgress();
  work.onFacts({ rolledBack: 'false', resultState: 'Failed' });
  try {
    for (;;) {
      const present = await step(work, progress);
      if (!present) continue;
      const isChange = progress.updates > 0;
      work.onFacts({ resultState: isChange ? resultState : 'Unchanged', ...servedFacts(present) });
      return { present, isChange };
    }
  } catch (error) {
    if (error instanceof SupersededError) work.onFacts({ resultState: 'Superseded' });
    const isLeft =
      error instanceof SupersededError || error instanceof CancelledError || error instanceof TimedOutError;
    if (isLeft || work.context.signal.aborted || !(error instanceof TaskError)) throw error;
    throw await failureOf(work, error, progress, restored(progress));
  }
}

/** Deletes an endpoint; returns whether there was one. Throws a TaskError when it is not ours and may not be adopted. */
export async function deleteEndpoint(work: EndpointWork, adopt: boolean): Promise<boolean> {
  const { api, name, context } = work;
  const { clock, signal } = context;
  const found = await api.find(name);
  if (!found) return false;
  checkOwner(found, adopt);
  try {
    await api.remove(name);
  } catch (error) {
    throw await refusal(work, error, servedIn(found.config));
  }
  await poll({
    clock,
    signal,
    deadline: clock.now() + secondsToDisappear * 1000,
    awaited: `the serving endpoint '${name}' to be deleted, which Databricks has accepted`,
    probe: (budgetSeconds) => api.find(name, budgetSeconds),
    isDone: (left) => left === undefined || left.id !== found.id,
  });
  return true;
}

interface Look {
  readonly endpoint: ServingEndpoint;
  readonly present: readonly Served[];
  /** The name of the entry that was deployed last. */
  readonly deployed: string;
  readonly previous: string | undefined;
}

async function read(work: EndpointWork): Promise<Look> {
  const { endpoint } = await settled(work);
  if (!endpoint) throw new TaskError(`There is no serving endpoint '${work.name}', or this identity may not see it.`);
  checkOwner(endpoint, false);
  const { deployed, previous } = recorded(endpoint);
  if (deployed === undefined) throw new TaskError(`Nothing was deployed to the serving endpoint '${work.name}' yet.`);
  return { endpoint, present: servedIn(endpoint.config), deployed, previous };
}
