import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CancelledError } from '../../shared/errors';
import type { Scenario, Stage } from '../hostile/scenario';
import type { FakeAgent } from './fakeAgent';
import { onFileUse } from './fileUse';

/** Enough for a stand-in to answer; the watch of a client that is gone is never answered. */
const mostTurns = 500;

/** Moments at the end of a whole run that another run does not have. */
const mostMissing = 5;

/** A moment of a step: a request arrives at a stand-in, or a file or a folder is read. */
export interface Moment {
  readonly what: string;
  /** Whether the step changes something by it. */
  readonly isWrite: boolean;
}

/** What a step did until it was cancelled, and after that. */
export interface CancelledRun {
  readonly agent: FakeAgent;
  readonly moments: readonly Moment[];
  /** The requests that arrived after the cancellation. */
  readonly late: readonly string[];
}

/** How a step may end after a cancellation. */
export interface Contract {
  /** How many requests may still arrive: those that were sent at the same moment, and those that clean up. */
  readonly mostLate: number;
  /** What its message must say; every message is one of a cancellation. */
  readonly says?: (at: Moment, message: string) => void;
}

/** Runs a step, and cancels it at its n-th moment, from 1. */
export async function cancelAt(scenario: Scenario, number: number): Promise<CancelledRun> {
  const stage = await scenario.open();
  const cancellation = new AbortController();
  const moments: Moment[] = [];
  const late: string[] = [];
  const pass = (moment: Moment): void => {
    if (moments.push(moment) === number) cancellation.abort(new CancelledError());
  };
  const open = onRequests(stage, (method, path) => {
    if (cancellation.signal.aborted) late.push(`${method} ${path}`);
    pass({ what: `${method} ${withoutIds(path)}`, isWrite: method !== 'GET' });
  });
  const { folder } = stage;
  const restore = onFileUse((path) => {
    if (folder !== undefined && path.startsWith(folder))
      pass({ what: `file ${path.slice(folder.length)}`, isWrite: false });
  });
  try {
    const agent = await stage.run(cancellation.signal);
    return { agent, moments, late: [...late] };
  } finally {
    restore();
    // What was sent is carried out, also if nobody waits for the answer: a stand-in that closes meanwhile would not end.
    for (let turns = 0; open.size > 0 && turns < mostTurns; turns++) await nextTurn();
    await stage.close();
  }
}

/**
 * Cancels a step at each of the chosen moments of a whole run. It must end as cancelled, whatever it had done by then: at
 * each of these moments something was still to be read. Returns at how many moments it was cancelled.
 */
export async function cancelAtEach(
  scenario: Scenario,
  contract: Contract,
  isChosen: (moment: Moment) => boolean = () => true,
): Promise<number> {
  const whole = await cancelAt(scenario, Infinity);
  const { result, message } = whole.agent.end;
  assert.equal(result.startsWith('Succeeded'), scenario.isRed !== true, `${message}\n${whole.agent.text()}`);
  const chosen = whole.moments.flatMap((moment, index) => (isChosen(moment) ? [index + 1] : []));
  let cases = 0;
  for (const number of chosen) {
    const { agent, moments, late } = await cancelAt(scenario, number);
    const at = moments[number - 1];
    // A step that waits looks as often as there is time: another run may need fewer looks.
    if (!at) {
      assert.equal(agent.end.result, result, `${scenario.what}: no moment ${number}`);
      continue;
    }
    cases++;
    const where = `${scenario.task}, ${scenario.what}, cancelled at ${at.what} (${number}): ${JSON.stringify(agent.end)}`;
    assert.equal(agent.end.result, 'Canceled', `${where}\n${agent.text()}`);
    assert.match(agent.end.message, /^Cancelled\b/, where);
    assert.ok(late.length <= contract.mostLate, `${where}\n${late.join('\n')}`);
    contract.says?.(at, agent.end.message);
  }
  assert.ok(chosen.length - cases <= mostMissing, `${scenario.what}: ${cases} of ${chosen.length} moments`);
  return cases;
}

/** Tells of each request to the stand-ins of a stage when it has arrived. Returns those that are not answered yet. */
function onRequests({ standIns }: Stage, tell: (method: string, path: string) => void): ReadonlySet<unknown> {
  const open = new Set<unknown>();
  for (const { faults, requests } of Object.values(standIns)) {
    const arrived: { readonly method: string; readonly path: string }[] = [];
    const [take, add] = [faults.take.bind(faults), requests.add.bind(requests)];
    faults.take = (method, path) => {
      const request = { method, path };
      arrived.push(request);
      open.add(request);
      tell(method, path);
      return take(method, path);
    };
    requests.add = (entry) => {
      const index = arrived.findIndex(({ method, path }) => method === entry.method && path === entry.path);
      for (const request of arrived.splice(index, index < 0 ? 0 : 1)) open.delete(request);
      add(entry);
    };
  }
  return open;
}

/** Ids differ from run to run, and so do the names of pods. */
function withoutIds(path: string): string {
  return path
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4,12}){4}|\d{6,}/g, '*')
    .replace(/-[0-9a-z]{8,10}-[0-9a-z]{5}(?=$|\/)/g, '-*');
}
