import { CallError } from '../../../http/errors';
import { TaskError } from '../../../errors';
import { recorded } from '../record';
import { diagnose, serverLogOf } from './diagnose';
import { WrongAnswer } from '../proof';
import { newProgress, send, type Progress } from '../progress';
import type { EndpointWork } from '../request';
import { isSameTraffic, servedIn, type Served } from '../traffic/served';
import { trafficText, withoutEntry, type Strategy } from '../traffic/shares';
import { servedFacts } from '../facts';
import { settled, UpdateFailure } from '../updates';

/** What is to serve after a failure, given what serves now; undefined to leave that. */
export type Restored = (
  present: readonly Served[],
  recordedPrevious: string | undefined,
) => readonly Served[] | undefined;

const rollbackMinutes = 10;

/**
 * The error of a deployment that failed: the cause in its first line, the evidence, and what serves. What answers wrongly is
 * taken out of service first.
 */
export async function failureOf(
  work: EndpointWork,
  error: TaskError,
  progress: Progress,
  restored: Restored | undefined,
): Promise<TaskError> {
  if (error instanceof UpdateFailure) {
    const cause = await diagnose(work, error);
    return new TaskError(`${cause}\n${await stillServing(work, progress)}`, { cause: error });
  }
  if (!(error instanceof WrongAnswer)) {
    const isOver = progress.updates === 0;
    return isOver ? error : new TaskError(`${error.message}\n${await serving(work)}`, { cause: error });
  }
  const { entry } = progress;
  const log = entry ? await serverLogOf(work, entry.name) : '';
  const lines = [`The new version does not answer as expected. ${error.message}`, log];
  const { said, problem } = restored
    ? await restore(work, progress, restored)
    : { said: `Everything is left as it is. ${await serving(work)}`, problem: undefined };
  return new TaskError([...lines, said].filter(Boolean).join('\n'), { cause: problem ?? error });
}

/** For an update that failed: Databricks goes on with the config before it. */
async function stillServing(work: EndpointWork, { entry }: Progress): Promise<string> {
  const present = await orUndefined(async () => servedIn((await work.api.find(work.name))?.config));
  if (!present) return 'What serves now could not be read.';
  work.onFacts(servedFacts(present));
  const others = present.filter(({ name, percent }) => percent > 0 && name !== entry?.name);
  if (others.length > 0 && present.every(({ name, percent }) => name !== entry?.name || percent === 0))
    work.onFacts({ rolledBack: 'true', resultState: 'RolledBack' });
  return trafficText(present);
}

async function serving({ api, name }: EndpointWork): Promise<string> {
  const present = await orUndefined(async () => servedIn((await api.find(name))?.config));
  return present ? trafficText(present) : 'What serves now could not be read.';
}

/** How a rollback ended. */
interface Restoration {
  readonly said: string;
  /** Why it did not complete. */
  readonly problem?: TaskError;
}

async function restore(work: EndpointWork, { entry }: Progress, restored: Restored): Promise<Restoration> {
  const { clock, deadline } = work.context;
  const later = { ...work.context, deadline: Math.max(deadline, clock.now() + rollbackMinutes * 60_000) };
  const back = { ...work, context: later };
  const progress = newProgress();
  try {
    for (;;) {
      const { endpoint } = await settled(back);
      const present = servedIn(endpoint?.config);
      const own = present.find(({ name }) => name === entry?.name);
      const target = endpoint && own && restored(present, recorded(endpoint).previous);
      if (!endpoint || (!own && progress.updates === 0))
        return { said: `Somebody else has changed the endpoint. ${trafficText(present)}` };
      if (own && !target) return { said: `There is nothing to roll back to. ${trafficText(present)}` };
      if (!target || isSameTraffic(present, target)) {
        work.onFacts({ rolledBack: 'true', resultState: 'RolledBack', ...servedFacts(present) });
        return { said: `Rolled back. ${trafficText(present)}` };
      }
      await send(back, endpoint, target, progress);
    }
  } catch (error) {
    if (!(error instanceof TaskError) || work.context.signal.aborted) throw error;
    const what = error instanceof UpdateFailure ? await diagnose(work, error) : error.message;
    return { said: `The rollback did not complete: ${what}`, problem: error };
  }
}

/**
 * Without the new version, unless an earlier run has deployed it: then it has all traffic, and nothing is beside it, or what
 * is beside it stays there on purpose.
 */
export function withoutNew({ entry, good = [] }: Progress, strategy: Strategy): Restored {
  return (present, recordedPrevious) => {
    if (!entry) return undefined;
    const hadAll = good.some(({ name, percent }) => name === entry.name && percent === 100);
    const isUnfinished = strategy.kind === 'replace' && present.some(({ name }) => name === recordedPrevious);
    if (hadAll && !isUnfinished) return undefined;
    return withoutEntry(present, entry.name, { recorded: recordedPrevious, good });
  };
}

async function orUndefined<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof CallError) return undefined;
    throw error;
  }
}
