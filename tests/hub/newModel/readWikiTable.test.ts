import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readWikiTable } from '../../../hub/newModel/table/readWikiTable';
import { readVariableFile } from '../../../shared/variables/variableFile';
import { leavesOf, textOf } from '../../../shared/variables/tree';

describe('A table that was copied from a wiki page', () => {
  it('becomes a variable file: Markdown with environments and descriptions', () => {
    const { text, problems, notes } = readWikiTable(
      [
        'The values of **churn**:',
        '',
        '| Name | Value | prod | Description |',
        '|:-----|------:|------|-------------|',
        '| modelName | churn | | |',
        '| training.epochs | `300` | 600 | More in<br>production |',
        '| training.seed | - | | |',
        '| Learning rate | **0.5** | | |',
        '| rule | `a \\| b` | | |',
        '| schedule | 0 30 5 * * ? | | |',
        '| code | 010 | | |',
        '| version | 1.10 | | |',
        '| tags | [a, b] | | |',
        '',
        'Ask Ada.',
      ].join('\r\n'),
    );
    assert.equal(
      text,
      [
        'variables:',
        '  modelName: churn',
        '  training:',
        '    # More in production',
        '    epochs: 300',
        '  learningRate: 0.5',
        '  rule: a | b',
        '  schedule: 0 30 5 * * ?',
        '  code: "010"',
        '  version: 1.10',
        '  tags: [a, b]',
        '',
        'environments:',
        '  prod:',
        '    training:',
        '      # More in production',
        '      epochs: 600',
        '',
      ].join('\n'),
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(notes, [{ line: 8, message: '"Learning rate" becomes learningRate.' }]);
  });

  it('is read with tabs, without headers, and in the markup of Confluence', () => {
    assert.equal(readWikiTable('epochs\t300\nseed\t7\n').text, 'variables:\n  epochs: 300\n  seed: 7\n');
    assert.equal(
      readWikiTable('Parameter\tdev\tprod\nepochs\t1\t2\n').text,
      'variables: {}\n\nenvironments:\n  dev:\n    epochs: 1\n  prod:\n    epochs: 2\n',
    );
    assert.equal(readWikiTable('||Name||Value||\n|epochs|300|\n').text, 'variables:\n  epochs: 300\n');
  });

  it('names the lines that it leaves out', () => {
    const { text, problems } = readWikiTable('|Name|Value|\n|--|--|\n|a|1|\n|a.b|2|\n|a|3|\n|§|4|\n|c|5|');
    assert.equal(text, 'variables:\n  a: 1\n  c: 5\n');
    assert.deepEqual(
      problems.map(({ line, message }) => `${line}: ${message}`),
      [
        '4: a.b is left out: a is set by an earlier line.',
        '5: a is left out: a is set by an earlier line.',
        '6: "§" cannot be the name of a variable. The line is left out.',
      ],
    );
    for (const none of ['', 'no table', '| a |', '|Name|Value|\n|--|--|', '|Name|Value|\n|a||'])
      assert.deepEqual([readWikiTable(none).text, readWikiTable(none).problems.length], [undefined, 1], none);
  });

  it('keeps every text that a cell can have', () => {
    const cell = fc
      .string({ unit: 'grapheme', maxLength: 20 })
      .filter(
        (text) =>
          /^[^|\\`*_<>[\]&\p{C}\p{Z}-][^|\\`*_<>[\]&\p{C}]*$/u.test(text) &&
          !/\s$|^n\/a$|\p{Cn}/u.test(text) &&
          !/^['"]/.test(text),
      );
    fc.assert(
      fc.property(cell, (value) => {
        const { text = '' } = readWikiTable(`| Name | Value |\n|--|--|\n| a | ${value} |`);
        const file = readVariableFile(text, 'table', () => undefined);
        const [leaf] = [...leavesOf(file?.variables.tree ?? assert.fail(text))];
        assert.equal(leaf && textOf(leaf.leaf), value);
      }),
      { numRuns: 300, seed: 7 },
    );
  });
});
