import assert from 'node:assert/strict';
import fc from 'fast-check';
import { issueLines, renderRow, stepRow } from '../../../local/view/rows';
import { colored, plain, widthOf } from '../../../local/view/terminalText';
import { stepReport } from './reports';

describe('A line of the view', () => {
  const render = (columns: number | undefined, parts: Parameters<typeof stepReport>[0]) =>
    renderRow(stepRow(stepReport(parts), 2), columns, plain);
  const imported = { displayName: 'Import notebooks', message: '/Shared/iris: 14 imported, 0 unchanged. Took long.' };

  it('is title, first sentence and time, the time at the right', () => {
    assert.equal(
      render(80, imported),
      '    ✔ Import notebooks  /Shared/iris: 14 imported, 0 unchanged            1.2 s',
    );
  });

  it('has details below each other in a wide terminal, and ends where the eye still finds it', () => {
    const line =
      '    ✔ Import notebooks                      /Shared/iris: 14 imported, 0 unchanged                      1.2 s';
    assert.equal(render(110, imported), line);
    assert.equal(render(200, imported), line);
  });

  it('is cut: first the detail, then the title', () => {
    assert.equal(render(60, imported), '    ✔ Import notebooks  /Shared/iris: 14 imported,…   1.2 s');
    assert.equal(render(40, imported), '    ✔ Import notebooks            1.2 s');
    assert.equal(render(24, imported), '    ✔ Import not… 1.2 s');
  });

  it('is whole where nothing is cut', () => {
    assert.equal(render(undefined, imported), '    ✔ Import notebooks (1.2 s): /Shared/iris: 14 imported, 0 unchanged');
  });

  it('says why a step was skipped, and how many tests passed', () => {
    const skipped = { result: 'Skipped', notes: ['Skipped: its condition is not met.'] } as const;
    assert.equal(render(undefined, skipped), '    – Step (skipped): its condition is not met');
    const testRuns = [{ title: 'Unit tests', passed: 22, failed: 0, skipped: 0 }];
    assert.equal(render(undefined, { testRuns }), '    ✔ Step (1.2 s): Unit tests: 22 tests passed');
  });

  it('gives minutes from a minute on', () => {
    assert.equal(render(undefined, { durationMilliseconds: 59_949 }), '    ✔ Step (59.9 s)');
    assert.equal(render(undefined, { durationMilliseconds: 59_950 }), '    ✔ Step (1 min 00 s)');
    assert.equal(render(undefined, { durationMilliseconds: 3_725_000 }), '    ✔ Step (62 min 05 s)');
  });

  it('never moves the cursor or changes colors by what a step says', () => {
    const message = '\u001B[2J\u001B[31mred\u001B[0m\u0007\rback\ttab';
    assert.equal(render(undefined, { message }), '    ✔ Step (1.2 s): redback  tab');
  });

  it('measures what takes two columns or none', () => {
    assert.equal(widthOf('日本 ✔ é 👩‍👩‍👧 🚀'), 14);
    assert.equal(widthOf(renderRow(stepRow(stepReport({ displayName: '学習する'.repeat(20) }), 2), 50, plain)), 49);
  });

  it('fits, whatever it says', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc.string({ unit: 'grapheme', maxLength: 120 }),
        fc.integer({ min: 20, max: 250 }),
        (displayName, message, columns) => {
          const line = render(columns, { displayName, message });
          assert.ok(widthOf(line) < columns, `${widthOf(line)} of ${columns}: ${line}`);
        },
      ),
    );
  });

  it('is colored without a change to its text', () => {
    const row = stepRow(stepReport(imported), 2);
    // eslint-disable-next-line no-control-regex -- they are what colors are made of
    const withoutColors = renderRow(row, 80, colored).replaceAll(/\u001B\[\d+m/g, '');
    assert.equal(withoutColors, render(80, imported));
    assert.ok(renderRow(row, 80, colored).includes('\u001B[32m✔\u001B[0m'));
  });

  it('is followed by what a step reported as wrong, errors first, each once', () => {
    const issues = [
      { type: 'warning', message: 'slow' },
      { type: 'error', message: 'broken\n  - twice' },
    ] as const;
    const failed = stepReport({ result: 'Failed', message: 'broken\n  - twice', issues, droppedIssues: 3 });
    assert.deepEqual(issueLines(failed), [
      'error: broken\n  - twice',
      'warning: slow',
      '3 more errors and warnings are in the log.',
    ]);
    assert.deepEqual(issueLines(stepReport({ result: 'Failed', message: 'no' })), ['error: no']);
    assert.deepEqual(issueLines(stepReport({ message: 'yes' })), []);
  });
});
