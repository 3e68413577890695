import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { InputError, type InputProblem } from '../../../shared/errors';
import * as kinds from '../../../shared/task/inputs';
import { readInputs } from '../../../shared/task/readInputs';
import { defineTask, type Inputs } from '../../../shared/task/task';
import { FakeAgent } from '../../support/fakeAgent';
import { anyText } from '../../support/anyText';

/** What a single input reads from a text: its value, or what is wrong. */
function read(input: kinds.Input<unknown>, given?: string): unknown {
  const source = new FakeAgent(given === undefined ? {} : { it: given });
  try {
    return readInputs(taskWith({ it: input }), source)['it'];
  } catch (error) {
    assert.ok(error instanceof InputError);
    return { problem: error.problems.map(({ problem }) => problem).join(' ') };
  }
}

function taskWith<I extends Inputs>(inputs: I, check: () => readonly InputProblem[] = () => []) {
  return defineTask({ inputs, outputs: [], check, run: () => Promise.resolve('') });
}

function problemsOf(inputs: Inputs, given: Record<string, string>): readonly InputProblem[] {
  try {
    readInputs(taskWith(inputs), new FakeAgent(given));
    return [];
  } catch (error) {
    assert.ok(error instanceof InputError);
    return error.problems;
  }
}

describe('the kinds of input', () => {
  const cases: [string, kinds.Input<unknown>, string | undefined, unknown][] = [
    ['a text is taken as it is', kinds.text(), 'a b', 'a b'],
    ['a text of whole characters is taken as it is', kinds.text(), '🚀', '🚀'],
    [
      'a text with half of a character is refused',
      kinds.text(),
      'a\ud83d',
      { problem: 'contains half of a character, which no request can carry: enter it again.' },
    ],
    ['an optional text can be left empty', kinds.text(), undefined, undefined],
    ['a blank text is an empty one', kinds.text(), '  ', undefined],
    ['a required text can not be left empty', kinds.text({ required: true }), undefined, { problem: 'is required.' }],
    ['a text has its default', kinds.text({ default: 'x' }), undefined, 'x'],
    [
      'a text must match its pattern',
      kinds.text({ pattern: { matches: /^\//, rule: 'must be absolute.' } }),
      'a',
      { problem: 'must be absolute.' },
    ],
    ['a choice is one of its options', kinds.choice(['update', 'mirror']), 'mirror', 'mirror'],
    ['a choice ignores case', kinds.choice(['update', 'mirror']), 'Mirror', 'mirror'],
    [
      'a choice refuses anything else',
      kinds.choice(['update', 'mirror']),
      'sync',
      { problem: 'must be one of update, mirror.' },
    ],
    ['a flag reads true', kinds.flag({ default: false }), 'True', true],
    ['a flag reads false', kinds.flag({ default: true }), 'false', false],
    ['a flag has its default', kinds.flag({ default: true }), undefined, true],
    ['a flag is never silently false', kinds.flag({ default: false }), 'yes', { problem: 'must be true or false.' }],
    ['an integer reads digits', kinds.integer({ default: 5, min: 1, max: 9 }), '7', 7],
    ['an integer has its default', kinds.integer({ default: 5, min: 1, max: 9 }), undefined, 5],
    ...['0', '10', '-1', '1.5', '1e0', 'abc', '0x5', '9'.repeat(40)].map(
      (given): [string, kinds.Input<unknown>, string, unknown] => [
        `an integer refuses ${given}`,
        kinds.integer({ default: 5, min: 1, max: 9 }),
        given,
        { problem: 'must be a whole number from 1 to 9.' },
      ],
    ),
    ['an integer without a default can be left empty', kinds.integer({ min: 1, max: 9 }), undefined, undefined],
    ['an integer can be required', kinds.integer({ required: true, min: 1, max: 9 }), '', { problem: 'is required.' }],
    ['an integer reads its bounds', kinds.integer({ min: -1, max: 9 }), '-1', -1],
    ['a decimal reads its decimals', kinds.decimal({ min: 0.1, max: 4 }), '1.5', 1.5],
    ['a decimal reads a whole number', kinds.decimal({ min: 0.1, max: 4 }), '4', 4],
    ['a decimal has its default', kinds.decimal({ default: 0.5, min: 0.1, max: 4 }), undefined, 0.5],
    ['a decimal without a default can be left empty', kinds.decimal({ min: 0.1, max: 4 }), undefined, undefined],
    ...['0', '0.09', '4.1', '-1', '1,5', '1.', '.5', '1e0', 'abc', '1.5.0', 'NaN', 'Infinity'].map(
      (given): [string, kinds.Input<unknown>, string, unknown] => [
        `a decimal refuses ${given}`,
        kinds.decimal({ min: 0.1, max: 4 }),
        given,
        { problem: 'must be a number from 0.1 to 4.' },
      ],
    ),
    [
      'a connection must exist',
      kinds.connection('AzureRM'),
      'c',
      { problem: 'names a service connection that does not exist, or that this job is not authorized to use.' },
    ],
    ['lines drop blank ones', kinds.lines(), 'a\r\n\n  b \n', ['a', 'b']],
    ['globs are patterns by the line', kinds.globs(), '**/*.py\n!(a)b', { problem: problemOfPattern('!(a)b') }],
    [
      'globs accept ordinary patterns',
      kinds.globs(),
      '**/*.{py,sql}\n[ab]*\ndata/',
      ['**/*.{py,sql}', '[ab]*', 'data/'],
    ],
    [
      'globs refuse an unclosed bracket',
      kinds.globs(),
      'a[b',
      { problem: "has the pattern 'a[b', which is not a valid file pattern." },
    ],
    [
      'globs refuse an unclosed group',
      kinds.globs(),
      'a(b',
      { problem: "has the pattern 'a(b', which is not a valid file pattern." },
    ],
    ['globs refuse absolute paths', kinds.globs(), '/etc/*', { problem: problemOfPattern('/etc/*') }],
    ['globs refuse the way up', kinds.globs(), '../*', { problem: problemOfPattern('../*') }],
    ['pairs read lines', kinds.pairs(), 'a=1\n\nb = x=y ', { a: '1', b: 'x=y' }],
    ['pairs allow empty values', kinds.pairs(), 'a=', { a: '' }],
    ['pairs read a JSON object', kinds.pairs(), '{"a": [1, "x"]}', { a: [1, 'x'] }],
    [
      'pairs read numbers and booleans of a JSON object as they are written',
      kinds.pairs(),
      '{"a": 1.10, "b": 20261128.10, "c": true, "d": {"e": 1.5}}',
      { a: '1.10', b: '20261128.10', c: 'true', d: { e: 1.5 } },
    ],
    [
      'pairs may have values that are not text',
      kinds.pairs({ textAt: () => false }),
      '{"a": 1.5, "b": true}',
      { a: 1.5, b: true },
    ],
    [
      'pairs name the line that is not a pair',
      kinds.pairs(),
      'a=1\nb',
      { problem: 'line 2 is not of the form name=value.' },
    ],
    ['pairs refuse a name given twice', kinds.pairs(), 'a=1\na=2', { problem: 'line 2 repeats the name of line 1.' }],
    ['a document reads YAML', kinds.document(), 'a:\n  - 1\n  - x', { a: [1, 'x'] }],
    ['a document reads JSON', kinds.document(), '{"a": {"b": null}}', { a: { b: null } }],
    [
      'a document may have text only',
      kinds.documentList({ textAt: () => true }),
      '- {user_name: 007}\n- 1.10',
      [{ user_name: '007' }, '1.10'],
    ],
    ['a document keeps dates as text', kinds.document(), 'a: 2024-01-01', { a: '2024-01-01' }],
    [
      'a document keeps 64-bit ids exactly',
      kinds.document(),
      'job_id: 1099511627776123457',
      { job_id: 1099511627776123457n },
    ],
    [
      'a document merges keys',
      kinds.document(),
      'base: &b {x: 1}\nmore:\n  <<: *b\n  y: 2',
      { base: { x: 1 }, more: { x: 1, y: 2 } },
    ],
    [
      'a document must be a map',
      kinds.document(),
      '- a',
      { problem: 'must be a map of names to values, in YAML or JSON.' },
    ],
    [
      'a document names the line of an error',
      kinds.document(),
      'a: 1\nb: [',
      /^is not valid YAML or JSON: .* at line \d+\.$/,
    ],
    ['a document refuses a key given twice', kinds.document(), 'a: 1\na: 2', /duplicated mapping key at line 2/],
  ];
  for (const [behaviour, input, given, expected] of cases) {
    it(behaviour, () => {
      const value = read(input, given);
      if (expected instanceof RegExp) assert.match((value as { problem: string }).problem, expected);
      else assert.deepEqual(value, expected);
    });
  }

  it('a document of nested aliases that stand for billions of values is refused at once', () => {
    const levels = Array.from(
      { length: 12 },
      (_, level) => `a${level + 1}: &a${level + 1} [${Array(9).fill(`*a${level}`).join(',')}]`,
    );
    assert.deepEqual(read(kinds.document(), ['a0: &a0 x', ...levels].join('\n')), {
      problem: 'holds more than 100000 values.',
    });
  });

  it('no text crashes a reader', () => {
    const all = [
      kinds.text(),
      kinds.globs(),
      kinds.pairs(),
      kinds.document(),
      kinds.flag({ default: true }),
      kinds.integer({ default: 1, min: 0, max: 2 }),
    ];
    fc.assert(
      fc.property(anyText, fc.constantFrom(...all), (given, input) => {
        read(input, given);
      }),
    );
  });

  describe('paths', () => {
    let folder: string;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'inputs-'));
      mkdirSync(join(folder, 'notebooks'));
      writeFileSync(join(folder, 'job.yml'), '\uFEFFname: train\n');
      writeFileSync(join(folder, 'bad.yml'), 'name: [\n');
    });
    after(() => rmSync(folder, { recursive: true }));

    it('a folder is found relative to the working folder of the job', () => {
      const source = new FakeAgent({ it: 'notebooks' }, {}, { 'System.DefaultWorkingDirectory': folder });
      assert.equal(readInputs(taskWith({ it: kinds.folderPath() }), source).it, join(folder, 'notebooks'));
    });
    it('the working folder itself can be named', () => {
      const source = new FakeAgent({ it: '.' }, {}, { 'System.DefaultWorkingDirectory': folder });
      assert.equal(readInputs(taskWith({ it: kinds.folderPath() }), source).it, folder);
    });
    it('a folder that is missing or a file is refused', () => {
      assert.deepEqual(read(kinds.folderPath(), join(folder, 'x')), {
        problem: `names a folder that does not exist: ${join(folder, 'x')}`,
      });
      assert.deepEqual(read(kinds.folderPath(), join(folder, 'job.yml')), {
        problem: `does not name a folder: ${join(folder, 'job.yml')}`,
      });
      assert.deepEqual(read(kinds.filePath(), join(folder, 'notebooks')), {
        problem: `does not name a file: ${join(folder, 'notebooks')}`,
      });
    });
    it('a file that is a Git LFS pointer is refused', () => {
      const file = join(folder, 'pointer.yml');
      writeFileSync(file, `version https://git-lfs.github.com/spec/v1\noid sha256:${'7'.repeat(64)}\nsize 21619\n`);
      const problem = `names the file ${file}, which is a Git LFS pointer, not the file itself. Set 'lfs: true' on the checkout step of the pipeline.`;
      assert.deepEqual(read(kinds.filePath(), file), { problem });
      assert.deepEqual(read(kinds.documentFile(), file), { problem });
    });
    it('a document file is read, byte order mark or not', () => {
      assert.deepEqual(read(kinds.documentFile(), join(folder, 'job.yml')), { name: 'train' });
    });
    it('a document file with an error is named with its line', () => {
      assert.match(
        (read(kinds.documentFile(), join(folder, 'bad.yml')) as { problem: string }).problem,
        /at line \d+\. \(.*bad\.yml\)$/,
      );
    });
  });
});

describe('reading the inputs of a task', () => {
  it('lists all problems of all inputs in one error', () => {
    const inputs = {
      name: kinds.text({ required: true }),
      timeoutMinutes: kinds.integer({ default: 1, min: 1, max: 9 }),
      wait: kinds.flag({ default: true }),
      connection: kinds.connection('databricksworkspace', { required: true }),
    };
    assert.deepEqual(
      problemsOf(inputs, { timeoutMinutes: '-1', wait: 'maybe', connection: 'c' }).map(({ input }) => input),
      ['name', 'timeoutMinutes', 'wait', 'connection'],
    );
  });

  it('reports each of them on its own line, and never repeats a value', () => {
    const error = new InputError([
      { input: 'a', problem: 'is required.' },
      { input: 'b', problem: 'must be true or false.' },
    ]);
    assert.equal(
      error.message,
      "2 inputs need attention:\n  - Input 'a' is required.\n  - Input 'b' must be true or false.",
    );
  });

  const dependent = {
    source: kinds.choice(['job', 'notebook'], { default: 'job' }),
    job: kinds.text({ required: true, when: { source: 'job' } }),
    notebook: kinds.text({ required: true, when: { source: 'notebook' } }),
    retries: kinds.integer({ default: 2, min: 0, max: 3, when: { source: 'notebook' } }),
  };
  it('requires an input only when its rule holds', () => {
    assert.deepEqual(problemsOf(dependent, {}), [{ input: 'job', problem: 'is required.' }]);
    assert.deepEqual(problemsOf(dependent, { source: 'Notebook', notebook: '/n' }), []);
  });
  it('refuses an input that does not apply', () => {
    assert.deepEqual(problemsOf(dependent, { job: 'a', notebook: '/n' }), [
      { input: 'notebook', problem: "applies only when 'source' is 'notebook'. Change that, or leave this empty." },
    ]);
  });
  it('gives a hidden input its default, whatever the agent passes', () => {
    assert.equal(readInputs(taskWith(dependent), new FakeAgent({ job: 'a', retries: '77' })).retries, 2);
  });

  it('drops what check says of an input that is bad already', () => {
    const inputs = { a: kinds.flag({ default: true }), b: kinds.text() };
    const rules = () => [
      { input: 'a', problem: 'and b exclude each other.' },
      { input: 'b', problem: 'is not enough.' },
    ];
    assert.throws(
      () => readInputs(taskWith(inputs, rules), new FakeAgent({ a: 'x' })),
      (error) => {
        assert.ok(error instanceof InputError);
        assert.deepEqual(error.problems, [
          { input: 'a', problem: 'must be true or false.' },
          { input: 'b', problem: 'is not enough.' },
        ]);
        return true;
      },
    );
  });
});

function problemOfPattern(pattern: string): string {
  return `has the pattern '${pattern}': patterns are relative to the source folder and do not begin with / or !.`;
}
