import assert from 'node:assert/strict';
import sinon from 'sinon';
import { openView } from '../../../local/view/openView';
import { FakeTerminal } from './fakeTerminal';

describe('The view of npm start', () => {
  let clock: sinon.SinonFakeTimers;
  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
  });
  afterEach(() => clock.restore());

  /** How work is shown. */
  async function shown(environment: Record<string, string>, isVerbose = false, isTTY = true): Promise<string> {
    const terminal = Object.assign(new FakeTerminal(80), { isTTY });
    const { view } = openView(terminal, environment, { isVerbose, folder: '/' });
    await view.prepare('Build', () => Promise.resolve(clock.tick(100)));
    view.close();
    const text = terminal.writes.join('');
    const isLive = text.includes('⠋');
    assert.equal(text.includes('\u001B[?25l'), isLive);
    return `${isLive ? 'live' : 'lines'}${text.includes('\u001B[32m') ? ' in color' : ''}`;
  }

  it('is live and in color on a terminal', async () => {
    assert.equal(await shown({}), 'live in color');
    assert.equal(await shown({ CI: '', NO_COLOR: '' }), 'live in color');
    assert.equal(await shown({ CI: 'false' }), 'live in color');
  });

  it('has no colors where they are not wanted', async () => {
    assert.equal(await shown({ NO_COLOR: '1' }), 'live');
  });

  it('is lines in a build, on a terminal that can do no more, and when all logs are asked for', async () => {
    assert.equal(await shown({ CI: 'true' }), 'lines in color');
    assert.equal(await shown({ TERM: 'dumb' }), 'lines');
    assert.equal(await shown({}, true), 'lines in color');
  });

  it('is plain lines elsewhere, and says now and then what takes long', async () => {
    assert.equal(await shown({}, false, false), 'lines');
    const terminal = Object.assign(new FakeTerminal(80), { isTTY: false });
    const { view } = openView(terminal, {}, { isVerbose: false, folder: '/' });
    await view.prepare(
      'Build',
      () => Promise.resolve(clock.tick(65_000)),
      () => '11 tasks',
    );
    clock.tick(65_000);
    assert.equal(
      terminal.writes.join(''),
      '… Build: running for 30.0 s\n… Build: running for 1 min 00 s\n✔ Build (1 min 05 s): 11 tasks\n',
    );
  });

  it('shows what failed before it is said why', async () => {
    const terminal = Object.assign(new FakeTerminal(80), { isTTY: false });
    const { view } = openView(terminal, {}, { isVerbose: false, folder: '/' });
    await assert.rejects(
      view.prepare('Build', () => Promise.reject(new Error('no'))),
      /no/,
    );
    assert.equal(terminal.writes.join(''), '✘ Build (0.0 s)\n');
  });
});
