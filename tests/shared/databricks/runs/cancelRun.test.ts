import assert from 'node:assert/strict';
import { RunsApi } from '../../../../shared/databricks/api/runs';
import { cancelRun, type Cancellation } from '../../../../shared/databricks/runs/cancelRun';
import { CancelledError } from '../../../../shared/errors';
import { NetworkError } from '../../../../shared/http/errors';
import type { HttpRequest } from '../../../../shared/http/httpClient';
import type { Shape } from '../../../../shared/http/shape';
import { decoded } from '../../../support/decoded';
import { FakeClock } from '../../../support/fakeClock';

type Answer = object | Error;

const lost = new NetworkError('no answer', { attempts: 1, isTransient: true, code: 'ECONNRESET' });
const active = (state: string): object => ({ run_id: 2, status: { state } });
const ended = (code: string): object => ({ run_id: 2, status: { state: 'TERMINATED', termination_details: { code } } });

/** A workspace that answers the request to cancel, and then each look at the run; the last answer stays. */
function workspace(clock: FakeClock, cancel: Answer, looks: readonly Answer[]) {
  const asked: string[] = [];
  const answer = (request: HttpRequest): Answer => {
    clock.advance(100);
    asked.push(request.path.split('/').at(-1) ?? '');
    if (asked.at(-1) === 'cancel') return cancel;
    return looks[Math.min(asked.length - 2, looks.length - 1)] ?? lost;
  };
  const runs = new RunsApi({
    async json<T>(request: HttpRequest, shape: Shape<T>): Promise<T> {
      await Promise.resolve();
      const answered = answer(request);
      if (answered instanceof Error) throw answered;
      return decoded(answered, shape);
    },
    bytes: () => Promise.reject(new Error('not asked for')),
    save: () => Promise.reject(new Error('not asked for')),
  });
  return { runs, asked };
}

async function cancel(answer: Answer, ...looks: readonly Answer[]) {
  const clock = new FakeClock();
  const begin = clock.now();
  const { runs, asked } = workspace(clock, answer, looks);
  const { signal } = new AbortController();
  const cancellation = await cancelRun(runs, '2', { clock, signal, secondsToCancel: 2, secondsToEnd: 2 });
  return { cancellation, asked, seconds: (clock.now() - begin) / 1000 };
}

const accepted = { problem: '', isAccepted: true } as const;
const refused = { problem: 'no answer', isAccepted: false } as const;
const cases: readonly (readonly [string, Answer, readonly Answer[], Cancellation])[] = [
  [
    'ends as cancelled',
    {},
    [active('TERMINATING'), ended('CANCELED')],
    { ...accepted, is: 'cancelled', word: 'CANCELED' },
  ],
  ['had ended before', {}, [ended('SUCCESS')], { ...accepted, is: 'ended', word: 'SUCCESS' }],
  ['takes time to end', {}, [active('TERMINATING')], { ...accepted, is: 'ending', word: 'TERMINATING' }],
  ['continues although Databricks accepted', {}, [active('RUNNING')], { ...accepted, is: 'active', word: 'RUNNING' }],
  [
    'is read once in spite of faults',
    {},
    [lost, active('TERMINATING'), lost],
    { ...accepted, is: 'ending', word: 'TERMINATING' },
  ],
  ['continues after a lost request', lost, [active('RUNNING')], { ...refused, is: 'active', word: 'RUNNING' }],
  ['ended after a lost request', lost, [ended('CANCELED')], { ...refused, is: 'cancelled', word: 'CANCELED' }],
];

describe('cancelRun', () => {
  for (const [what, answer, looks, expected] of cases)
    it(`tells of a run that ${what}`, async () => {
      const { cancellation, asked, seconds } = await cancel(answer, ...looks);
      assert.deepEqual(cancellation, expected);
      assert.equal(asked.filter((each) => each === 'cancel').length, 1);
      assert.ok(seconds <= 3, `${seconds} s`);
    });

  for (const answer of [{}, lost])
    it(`says that nothing is known of a run that cannot be read, ${answer === lost ? 'nor' : 'but'} cancelled`, async () => {
      const { cancellation, seconds } = await cancel(answer, lost);
      assert.equal(cancellation.is, 'unknown');
      assert.equal(cancellation.isAccepted, answer !== lost);
      assert.match(cancellation.problem, /no answer/);
      assert.ok(seconds <= 3, `${seconds} s`);
    });

  it('ends with the reason of its signal', async () => {
    const clock = new FakeClock();
    const { runs } = workspace(clock, {}, [active('TERMINATING')]);
    const stop = new AbortController();
    const onSeen = (): void => stop.abort(new CancelledError('stop'));
    const options = { clock, signal: stop.signal, secondsToCancel: 2, secondsToEnd: 60, onSeen };
    await assert.rejects(cancelRun(runs, '2', options), /stop/);
  });
});
