import assert from 'node:assert/strict';
import { KubernetesClient } from '../../../../shared/kubernetes/client/client';
import { configMaps } from '../../../../shared/kubernetes/client/resource';
import { untilChange } from '../../../../shared/kubernetes/client/watch';
import { FakeClock } from '../../../support/fakeClock';
import { RecordingServer, type Behaviour } from '../../../support/recordingServer';
import { testContext } from '../../../support/testContext';

const event = (type: string): string => `${JSON.stringify({ type, object: { kind: 'ConfigMap' } })}\n`;
/** Sends more and more, until the client has had enough. */
const endless =
  (status: number, piece: string): Behaviour =>
  (_request, response) => {
    response.writeHead(status);
    const more = (): void => {
      while (!response.destroyed && response.write(piece));
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  };

describe('the wait for a change', () => {
  let server: RecordingServer;
  before(async () => (server = await RecordingServer.start()));
  after(() => server.close());

  /** How many seconds pass until the list is to be read again. */
  async function secondsUntilChange(behaviour: Behaviour): Promise<number> {
    server.reset(behaviour);
    const clock = new FakeClock();
    // The time that the wait may take does not pass while the server answers.
    let answer = (): void => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const begin = clock.now();
    const waiting: typeof clock.sleep = async (milliseconds, signal) => {
      if (milliseconds === 60_000) await Promise.race([answered, aborted(signal)]);
      await clock.sleep(milliseconds, signal);
    };
    const time = { now: () => clock.now(), date: () => clock.date(), sleep: waiting };
    const context = testContext({ clock: time });
    const client = KubernetesClient.open({ name: 'k', server: server.url, tls: {} }, context);
    const { signal } = context;
    const lists = [{ resource: configMaps, resourceVersion: '1' }];
    await untilChange(client, lists, { clock: time, signal, seconds: 60, pauseSeconds: 7 });
    answer();
    return (clock.now() - begin) / 1000;
  }

  const aborted = (signal: AbortSignal | undefined): Promise<void> =>
    new Promise((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));

  for (const [what, behaviour, seconds] of [
    ['there is an event', { body: event('MODIFIED') }, 0],
    ['the watch ends', { body: '' }, 0],
    ['the watch is too old', { body: event('ERROR') }, 7],
    ['the watch is refused', { status: 410, body: { kind: 'Status', message: 'too old' } }, 7],
    ['the watch ends within a line', { body: event('BOOKMARK') + event('MODIFIED').slice(0, 20) }, 7],
    ['a web page answers', { headers: { 'Content-Type': 'text/html' }, body: '<!DOCTYPE html>\n<title>Sign in' }, 7],
    ['text answers', { body: 'upstream connect error' }, 7],
    ['a line is not an event: null', { body: 'null\n' }, 7],
    ['a line is not an event: a list', { body: '[]\n' }, 7],
    ['a line is not an event: another type', { body: event('__proto__') }, 7],
    ['a line never ends', endless(200, 'x'.repeat(1 << 20)), 7],
    ['an error page never ends', endless(500, 'x'.repeat(1 << 20)), 7],
  ] as const)
    it(`ends ${seconds === 0 ? 'at once' : 'after a pause'} when ${what}`, async () => {
      assert.equal(await secondsUntilChange(behaviour), seconds);
    });
});
