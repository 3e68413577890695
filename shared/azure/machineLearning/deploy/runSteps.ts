import type { Context } from '../../../agent/context';
import { TaskError } from '../../../errors';
import { longestPauseAskedFor, TimedOutError } from '../../../http/poll';
import { BusyError } from '../api/client';
import type { RefusalReason, Seen, Step } from '../plan/step';
import { firstPauseSeconds, type EndpointRun } from './endpointRun';

/** What was asked for cannot be done; nothing was changed. */
export class RefusedError extends TaskError {
  override readonly name = 'RefusedError';

  constructor(
    message: string,
    readonly reason: RefusalReason,
  ) {
    super(message);
  }
}

/** More than any deployment takes; others who change the same endpoint again and again could keep it from its end. */
const mostSteps = 60;

/**
 * Does one step after the other, until nothing is left to do: before each, the endpoint and its deployments are read, so
 * that it does not matter who has done what so far. Waits while Azure is busy with the endpoint.
 */
export async function runSteps(
  run: EndpointRun,
  next: (seen: Seen) => Step,
  carryOut: (step: Step, seen: Seen) => Promise<void>,
  { clock, signal, deadline, agent }: Context,
): Promise<{
  readonly step: Step & { readonly kind: 'done' };
  readonly seen: Seen;
  readonly did: readonly Step['kind'][];
}> {
  const did: Step['kind'][] = [];
  const done: string[] = [];
  let pauseMilliseconds = firstPauseSeconds * 1000;
  for (let steps = 0; steps < mostSteps; steps++) {
    const seen = await run.look();
    const step = next(seen);
    if (step.kind === 'done') return { step, seen, did };
    if (step.kind === 'refuse') throw new RefusedError(step.problem, step.reason);
    refuseRepetition(step, seen, done);
    try {
      await carryOut(step, seen);
      did.push(step.kind);
      done.push(signature(step));
      pauseMilliseconds = firstPauseSeconds * 1000;
    } catch (error) {
      if (!(error instanceof BusyError)) throw error;
      if (clock.now() >= deadline)
        throw new TimedOutError(`Timed out while Azure was busy with the endpoint. ${error.message}`, { cause: error });
      agent.log(`Azure is busy with the endpoint: waiting. ${error.message}`);
      await clock.sleep(Math.min(pauseMilliseconds, Math.max(deadline - clock.now(), 1000)), signal);
      pauseMilliseconds = Math.min(pauseMilliseconds * 2, longestPauseAskedFor);
      steps -= 1;
    }
  }
  throw new TaskError(
    `The endpoint was changed by others again and again while this step ran, so that it did not come to an end. Make sure that only one pipeline deploys to it at a time, and run again.`,
  );
}

const leastRepetitions = 2;

/** Throws where a change was accepted more than once, and still is to be made. */
function refuseRepetition(step: Step, { endpoint }: Seen, done: readonly string[]): void {
  const isChange = !/^waitFor|^follow|^delete/.test(step.kind);
  if (!isChange || done.filter((each) => each === signature(step)).length < leastRepetitions) return;
  throw new TaskError(
    `Azure accepted a change (${step.kind}${'name' in step ? ` of '${step.name}'` : ''}) of the endpoint '${endpoint?.name ?? ''}' ${leastRepetitions} times, but does not show it. A policy may have changed it, or somebody else may change the endpoint at the same time. Run the step again.`,
  );
}

function signature(step: Step): string {
  return JSON.stringify(step);
}
