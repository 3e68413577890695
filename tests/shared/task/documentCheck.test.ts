import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding } from '../../../shared/finding';
import type { DocumentSchema } from '../../../shared/task/checkDocument';
import { document, documentFile, documentList, type Input } from '../../../shared/task/inputs';
import { InvalidInput } from '../../../shared/task/invalidInput';
import { FakeAgent } from '../../support/fakeAgent';

/** A schema that finds what a test names, in whatever document. */
function finding(...findings: Finding[]): DocumentSchema {
  return { name: 'recipe', textAt: () => undefined, check: () => findings };
}
const badB: Finding = { path: ['b'], message: 'b must be a number, not text.', severity: 'error' };
const badA: Finding = { path: ['a'], message: 'a is empty.', severity: 'error' };
const oddC: Finding = { path: ['c'], message: 'c is not known here.', severity: 'warning' };

function parse(input: Input<unknown>, text: string) {
  const agent = new FakeAgent();
  try {
    return { value: input.parse(text, agent), warnings: agent.text('warning') };
  } catch (error) {
    assert.ok(error instanceof InvalidInput);
    return { problem: error.message, warnings: agent.text('warning') };
  }
}

describe('a document that is checked', () => {
  const text = 'a:\nb: x\nc: 1';

  it('is read as any other when nothing is found', () => {
    assert.deepEqual(parse(document({ schema: finding() }), 'a: 1'), { value: { a: 1 }, warnings: '' });
    assert.deepEqual(parse(documentList({ schema: finding() }), '- a: 1'), { value: [{ a: 1 }], warnings: '' });
  });

  it('is refused with everything that is wrong, in the order of the lines', () => {
    assert.deepEqual(parse(document({ schema: finding(badB, badA) }), text), {
      problem: 'is not a valid recipe:\n    line 1: a is empty.\n    line 2: b must be a number, not text.',
      warnings: '',
    });
  });

  it('is accepted with a warning when a finding is only a warning', () => {
    const { value, warnings } = parse(document({ schema: finding(oddC) }), text);
    assert.deepEqual(value, { a: null, b: 'x', c: 1 });
    assert.equal(warnings, 'recipe, line 3: c is not known here.');
  });

  it('shows the first hundred warnings, and all errors', () => {
    const many = Array.from({ length: 250 }, (_, index) => [
      { ...oddC, message: `warning ${index}` },
      { ...badA, message: `error ${index}` },
    ]);
    const { problem, warnings } = parse(document({ schema: finding(...many.flat()) }), text);
    assert.equal(problem?.split('\n').length, 251);
    assert.equal(warnings.split('\n').length, 101);
    assert.match(warnings, /warning 99\nrecipe: 150 more warnings, which are not shown\.$/);
  });

  it('reports warnings also when it is refused', () => {
    const { problem, warnings } = parse(document({ schema: finding(oddC, badA) }), text);
    assert.match(problem ?? '', /a is empty/);
    assert.match(warnings, /c is not known/);
  });

  it('is named by its file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'document-'));
    try {
      const file = join(folder, 'recipe.yml');
      writeFileSync(file, `\uFEFF${text}`);
      const { problem, warnings } = parse(documentFile({ schema: finding(oddC, badB) }), file);
      assert.equal(problem, `is not a valid recipe (${file}):\n    line 2: b must be a number, not text.`);
      assert.equal(warnings, `recipe (${file}), line 3: c is not known here.`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('must be a list for a list input', () => {
    assert.deepEqual(parse(documentList({ schema: finding(badA) }), 'a: 1'), {
      problem: 'must be a list, in YAML or JSON.',
      warnings: '',
    });
    assert.deepEqual(parse(documentList(), '- 1\n- [2]').value, [1, [2]]);
  });
});
