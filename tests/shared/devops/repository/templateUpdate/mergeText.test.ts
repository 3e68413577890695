import assert from 'node:assert/strict';
import { mergeText } from '../../../../../shared/devops/repository/templateUpdate/mergeText';

const labels = { theirs: 'this repository', template: 'template' };
const lines = (...all: readonly string[]): string => all.map((line) => `${line}\n`).join('');
const crlf = (text: string): string => text.replaceAll('\n', '\r\n');

describe('mergeText', () => {
  const base = lines('a', 'b', 'c', 'd', 'e');

  const cases: readonly (readonly [what: string, Parameters<typeof mergeText>[0], text: string, conflicts: number])[] =
    [
      [
        'changes of both in different lines',
        { base, template: lines('A', 'b', 'c', 'd', 'e'), theirs: lines('a', 'b', 'c', 'd', 'E') },
        lines('A', 'b', 'c', 'd', 'E'),
        0,
      ],
      [
        'the same change of both',
        { base, template: lines('a', 'B', 'c', 'd', 'e'), theirs: lines('a', 'B', 'c', 'd', 'e') },
        lines('a', 'B', 'c', 'd', 'e'),
        0,
      ],
      [
        'different changes of one line',
        { base, template: lines('a', 'b', 'x', 'd', 'e'), theirs: lines('a', 'b', 'y', 'd', 'e') },
        lines('a', 'b', '<<<<<<< this repository', 'y', '=======', 'x', '>>>>>>> template', 'd', 'e'),
        1,
      ],
      [
        'a text that people converted to CRLF',
        { base, template: lines('a', 'b', 'c', 'd', 'E'), theirs: crlf(lines('A', 'b', 'c', 'd', 'e')) },
        crlf(lines('A', 'b', 'c', 'd', 'E')),
        0,
      ],
      [
        'a text that the template converted to CRLF',
        { base, template: crlf(base), theirs: lines('A', 'b', 'c', 'd', 'e') },
        crlf(lines('A', 'b', 'c', 'd', 'e')),
        0,
      ],
      [
        'a conflict in the last line, which has no end',
        { base: 'a\nb', template: 'a\nx', theirs: 'a\ny' },
        'a\n<<<<<<< this repository\ny\n=======\nx\n>>>>>>> template\n',
        1,
      ],
      [
        'texts whose common beginning is not known',
        { base: undefined, template: 'a\n', theirs: 'b\n' },
        '<<<<<<< this repository\nb\n=======\na\n>>>>>>> template\n',
        1,
      ],
    ];
  for (const [what, versions, text, conflicts] of cases)
    it(`merges ${what}`, () => {
      assert.deepEqual(mergeText(versions, labels), { text, conflicts });
    });
});
