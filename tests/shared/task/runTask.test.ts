import assert from 'node:assert/strict';
import { systemClock } from '../../../shared/clock';
import { CancelledError, TaskError } from '../../../shared/errors';
import { text } from '../../../shared/task/inputs';
import { runTask } from '../../../shared/task/runTask';
import { defineTask, type Task } from '../../../shared/task/task';
import { FakeAgent } from '../../support/fakeAgent';

type Run = Task<{ readonly name: ReturnType<typeof text> }, 'runId'>['run'];

async function outcome(run: Run, { inputs = {}, signal = new AbortController().signal } = {}): Promise<FakeAgent> {
  const agent = new FakeAgent(inputs);
  await runTask(defineTask({ inputs: { name: text() }, outputs: ['runId'], run }), {
    agent,
    clock: systemClock,
    signal,
  });
  return agent;
}

describe('running a task', () => {
  it('ends with the line that run returns', async () => {
    const agent = await outcome(() => Promise.resolve('Run 7 succeeded.'));
    assert.deepEqual(agent.end, { result: 'Succeeded', message: 'Run 7 succeeded.' });
  });

  it('can succeed with issues', async () => {
    const agent = await outcome(() => Promise.resolve({ message: 'Half of it.', withIssues: true }));
    assert.deepEqual(agent.end, { result: 'SucceededWithIssues', message: 'Half of it.' });
  });

  it('fails with the message of a TaskError', async () => {
    const agent = await outcome(() => Promise.reject(new TaskError('Could not do it: 503.')));
    assert.deepEqual(agent.end, { result: 'Failed', message: 'Could not do it: 503.' });
  });

  it('calls anything else an internal error, and writes its stack and causes to the debug log only', async () => {
    const agent = await outcome(() => Promise.reject(new TypeError('x is undefined', { cause: new Error('deep') })));
    assert.equal(agent.end.result, 'Failed');
    assert.match(agent.end.message, /^Internal error: x is undefined\. To see where, set System\.Debug to true\.$/);
    assert.match(agent.text('debug'), /TypeError: x is undefined\n +at .*\n?[^]*Error: deep\n +at /);
  });

  it('fails on bad inputs before the work begins', async () => {
    let hasRun = false;
    const agent = new FakeAgent({});
    const task = defineTask({
      inputs: { name: text({ required: true }) },
      outputs: [],
      run: () => Promise.resolve(String((hasRun = true))),
    });
    await runTask(task, { agent, clock: systemClock, signal: new AbortController().signal });
    assert.deepEqual(agent.end, { result: 'Failed', message: "Input 'name' is required." });
    assert.equal(hasRun, false);
  });

  it('hears a cancellation that arrives while the inputs are read, before the work begins', async () => {
    let hasRun = false;
    const cancellation = new AbortController();
    const agent = new FakeAgent({ name: 'x' });
    const input = agent.input.bind(agent);
    agent.input = (name) => {
      // As a signal of the system: it arrives in the next turn of the event loop.
      setImmediate(() => cancellation.abort(new CancelledError()));
      return input(name);
    };
    const run = (): Promise<string> => Promise.resolve(String((hasRun = true)));
    const task = defineTask({ inputs: { name: text() }, outputs: [], run });
    await runTask(task, { agent, clock: systemClock, signal: cancellation.signal });
    assert.deepEqual(agent.end, { result: 'Canceled', message: 'Cancelled.' });
    assert.equal(hasRun, false);
  });

  it('has set its outputs also when it fails later', async () => {
    const agent = await outcome(({ setOutput }) => {
      setOutput('runId', '7');
      return Promise.reject(new TaskError('Too late.'));
    });
    assert.deepEqual(agent.outputs, { runId: '7' });
    assert.equal(agent.end.result, 'Failed');
  });

  it('is cancelled when the signal aborts, whatever error the work then throws', async () => {
    const cancellation = new AbortController();
    const agent = await outcome(
      () => {
        cancellation.abort(new CancelledError());
        return Promise.reject(new Error('socket closed'));
      },
      { signal: cancellation.signal },
    );
    assert.equal(agent.end.result, 'Canceled');
  });

  it('does not begin when it was cancelled before', async () => {
    const agent = await outcome(() => Promise.resolve('done'), { signal: AbortSignal.abort(new CancelledError()) });
    assert.deepEqual(agent.end, { result: 'Canceled', message: 'Cancelled.' });
  });
});
