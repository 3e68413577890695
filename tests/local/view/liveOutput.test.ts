import assert from 'node:assert/strict';
import sinon from 'sinon';
import { LiveOutput } from '../../../local/view/liveOutput';
import { plain } from '../../../local/view/terminalText';
import { FakeTerminal } from './fakeTerminal';

describe('The live view of a terminal', () => {
  let clock: sinon.SinonFakeTimers;
  let terminal: FakeTerminal;
  let output: LiveOutput;

  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
    terminal = new FakeTerminal(60);
    output = new LiveOutput(terminal, plain);
  });
  afterEach(() => {
    output.close();
    clock.restore();
  });

  it('shows what is going on in the last line, with a spinner and the time', () => {
    output.print('heading');
    output.start({ depth: 1, title: 'Train the model' });
    assert.deepEqual(terminal.screen, ['heading', '  ⠋ Train the model                                   0.0 s']);
    clock.tick(4200);
    assert.deepEqual(terminal.screen, ['heading', '  ⠹ Train the model                                   4.2 s']);
    output.tell('Task training: RUNNING');
    clock.tick(100);
    assert.deepEqual(terminal.screen, ['heading', '  ⠸ Train the model  Task training: RUNNING           4.3 s']);
  });

  it('adds lines above it', () => {
    output.start({ depth: 0, title: 'Build the tasks' });
    output.print('one\nlonger than what is going on just now, all of which it has to cover');
    output.print('two');
    assert.deepEqual(terminal.screen, [
      'one',
      'longer than what is going on just now, all of which it has t',
      'o cover',
      'two',
      '⠋ Build the tasks                                     0.0 s',
    ]);
  });

  it('leaves nothing of it when it has ended', () => {
    output.start({ depth: 0, title: 'Build the tasks' });
    output.stop();
    output.print('done');
    clock.tick(1000);
    assert.deepEqual(terminal.screen, ['done', '']);
  });

  it('draws one line in one write, however much a step says', () => {
    output.start({ depth: 0, title: 'Loud' });
    const before = terminal.writes.length;
    for (let count = 0; count < 1000; count += 1) output.tell(`line ${count}`);
    assert.equal(terminal.writes.length, before);
    clock.tick(100);
    assert.equal(terminal.writes.length, before + 1);
    assert.match(terminal.text, /^⠙ Loud {2}line 999 +0\.1 s$/);
    // No clearing before the text: an empty line would be seen.
    assert.match(terminal.writes.at(-1) ?? '', /^\r⠙/);
  });

  it('goes by the size that the terminal has just then', () => {
    output.start({ depth: 0, title: 'A title that is too long for a narrow window' });
    terminal.columns = 30;
    output.print('');
    assert.equal(terminal.screen.at(-1), '⠋ A title that is too…  0.0 s');
  });

  it('hides the cursor, and gives it back with an empty line', () => {
    assert.equal(terminal.isCursorVisible, false);
    output.start({ depth: 0, title: 'Build the tasks' });
    output.close();
    clock.tick(1000);
    assert.deepEqual([terminal.isCursorVisible, terminal.text], [true, '']);
  });
});
