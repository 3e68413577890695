import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { terminalAgent } from '../../cli/agent/terminalAgent';
import { commands, loadTask, type LoadedTask } from '../../cli/commands';
import { optionInputs, type CliInput } from '../../cli/manifest';
import { kebabCase, optionName, withOptionNames } from '../../cli/options/optionName';
import { readValues, type GivenText } from '../../cli/options/readValues';
import { parsedInputs } from '../../cli/options/taskOptions';
import { optionProblems } from '../../cli/run/nameProblems';
import { InputError } from '../../shared/errors';
import type { InputSource } from '../../shared/task/inputs';
import { readInputs } from '../../shared/task/readInputs';
import { FakeAgent } from '../support/fakeAgent';
import { cliManifest } from '../../tools/cliBundle';
import { projectRoot } from '../../tools/commandLine';
import { parsed } from './parsed';
import { silentTerminal } from './silentTerminal';

const workFolder = { 'System.DefaultWorkingDirectory': '/work-folder' };
const manifest = await cliManifest(projectRoot);

async function valuesOf(
  args: readonly string[],
  more: {
    readonly stdin?: string;
    readonly environment?: Record<string, string>;
    readonly workingFolder?: string;
  } = {},
) {
  const { row, task, parsed: options } = parsed(manifest, args) ?? assert.fail('not parsed');
  const sources = {
    workingFolder: more.workingFolder ?? '/',
    environment: more.environment ?? {},
    stdin: Readable.from([more.stdin ?? '']),
    signal: new AbortController().signal,
  };
  return { row, task, values: await readValues(task.inputs, parsedInputs(task, options), sources) };
}

function agentOf(values: ReadonlyMap<string, GivenText>) {
  return terminalAgent({
    onResumable: () => undefined,
    terminal: silentTerminal(),
    values,
    fileInputs: [],
    connection: () => undefined,
    environment: {},
    workingFolder: '/work-folder',
    seed: 's',
  });
}

/** A text that an input may have; not always one that it accepts. */
function sample({ type, choices = [] }: CliInput): string {
  if (type === 'boolean') return 'true';
  return choices.at(-1) ?? (type === 'multiLine' ? 'first=1\nsecond=2' : 'some text');
}

describe('The options of mloccli', () => {
  for (const { task: name } of commands) {
    const task = manifest.tasks.find((each) => each.name === name) ?? assert.fail(name);

    it(`give every input of ${name} the text that a pipeline gives it`, async () => {
      const inputs = optionInputs(task).filter(({ isSecret }) => !isSecret);
      const args = inputs.flatMap((input) =>
        input.type === 'boolean' ? [optionName(input.name)] : [optionName(input.name), sample(input)],
      );
      const { values } = await valuesOf([kebabCase(name), ...args]);
      assert.deepEqual(
        [...values],
        inputs.map((input) => [input.name, { text: sample(input) }]),
      );
      const off = inputs.filter(({ type }) => type === 'boolean').map((input) => `--no-${kebabCase(input.name)}`);
      for (const [input, value] of (await valuesOf([kebabCase(name), ...off])).values)
        assert.deepEqual(value, { text: 'false' }, input);
    });

    it(`leave defaults to the inputs of ${name}`, async () => {
      assert.deepEqual([...(await valuesOf([kebabCase(name)])).values], []);
    });

    it(`leave the inputs of ${name} with the values that they have in a pipeline, whose agent passes the defaults`, async () => {
      const { row, values } = await valuesOf([kebabCase(name)]);
      const declared = await loadTask(row);
      const texts = Object.fromEntries(
        task.inputs.flatMap(({ name, defaultValue }) => (defaultValue === undefined ? [] : [[name, defaultValue]])),
      );
      const inPipeline = usableValues(declared, new FakeAgent(texts, {}, workFolder));
      assert.deepEqual(usableValues(declared, agentOf(values)), inPipeline);
      const shown = Object.keys(texts).filter((input) => task.inputs.some((each) => each.name === input && !each.when));
      assert.deepEqual(
        shown.filter((input) => inPipeline[input] === undefined),
        [],
      );
    });

    it(`are rejected with the same problems as the inputs of ${name} in a pipeline`, async () => {
      const inputs = optionInputs(task).filter(({ isSecret, type }) => !isSecret && type !== 'boolean');
      const texts = Object.fromEntries(inputs.map((input) => [input.name, '\u0001 not usable = [']));
      const args = inputs.flatMap((input) => [optionName(input.name), texts[input.name] ?? '']);
      const { row, values } = await valuesOf([kebabCase(name), ...args]);
      const declared = await loadTask(row);
      const inPipeline = problemsOf(() => readInputs(declared, new FakeAgent(texts, {}, workFolder)));
      const inTerminal = problemsOf(() => readInputs(declared, agentOf(values)));
      assert.deepEqual(inTerminal.problems, inPipeline.problems);
      assert.ok(inPipeline.problems.length > 0);
      const shown = optionProblems(inTerminal, task.inputs);
      assert.equal(shown.length, inTerminal.problems.length);
      for (const { option, problem } of shown) {
        assert.match(option, /^--[a-z][a-z0-9-]*$/);
        for (const input of optionInputs(task))
          if (/[A-Z]/.test(input.name)) assert.doesNotMatch(problem, new RegExp(`'${input.name}'`));
      }
    });
  }

  it('join repeated lines, and read files and standard input', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cli-options-'));
    try {
      await writeFile(join(folder, 'more.txt'), '\uFEFFb=2\n');
      const args = [
        'run-job',
        '--parameters',
        'a=1',
        '--parameters',
        '@more.txt',
        '--parameters',
        '-',
        '--parameters',
        '@@d',
      ];
      const { values } = await valuesOf(args, { stdin: 'c=3\n', workingFolder: folder });
      assert.deepEqual(values.get('parameters'), { text: 'a=1\nb=2\n\nc=3\n\n@d' });
      const twice = await valuesOf(['run-job', '--parameters', '-', '--definition', '-'], { stdin: 'c=3' });
      assert.match(JSON.stringify(twice.values.get('parameters')), /another option reads, too/);
      await writeFile(join(folder, 'bytes.bin'), Uint8Array.of(0xff, 0xfe, 0x00));
      const wrong = await valuesOf(['run-job', '--parameters', '@bytes.bin', '--definition', '@none'], {
        workingFolder: folder,
      });
      assert.match(JSON.stringify(wrong.values.get('parameters')), /which is not UTF-8 text/);
      assert.match(
        JSON.stringify(wrong.values.get('definition')),
        /does not exist: .*none\. For a text that begins with @, write @@/,
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('take secrets from files, standard input and the environment only', async () => {
    const environment = { KEY: 'k=1', LINES: 'a\nb' };
    const read = async (...args: string[]) =>
      (await valuesOf(['deploy-aci', ...args], { environment, stdin: 'typed' })).values;
    assert.deepEqual((await read('--registry-password', '-')).get('registryPassword'), { text: 'typed' });
    assert.deepEqual((await read('--registry-password', 'env:KEY')).get('registryPassword'), { text: 'k=1' });
    assert.deepEqual((await read('--secrets', 'API_KEY=env:KEY')).get('secrets'), { text: 'API_KEY=k=1' });
    for (const [text, problem] of [
      ['hunter2', /other users of this machine can read a command line/],
      ['env:NONE', /NONE, which is not set/],
    ] as const) {
      const given = JSON.stringify((await read('--registry-password', text)).get('registryPassword'));
      assert.match(given, problem);
      assert.doesNotMatch(given, /hunter2/);
    }
    assert.match(JSON.stringify((await read('--secrets', 'A=env:LINES')).get('secrets')), /has several lines/);
  });

  it('are named in problems, but values are not, which can have the name of an input', () => {
    const { inputs } = manifest.tasks.find(({ name }) => name === 'RunJob') ?? assert.fail();
    for (const [problem, shown] of [
      [
        "cannot be combined with 'definition' or 'definitionFile'.",
        'cannot be combined with --definition or --definition-file.',
      ],
      ["applies only when 'runSource' is 'job'. x", 'applies only when --run-source job. x'],
      ["applies only when 'waitForCompletion' is 'true'.", 'applies only when --wait-for-completion.'],
      ["contains 'nothing' and is 'job'.", "contains 'nothing' and is 'job'."],
    ] as const)
      assert.equal(withOptionNames(problem, inputs), shown);
  });
});

/** The values that the inputs have although others are missing. */
function usableValues(task: LoadedTask, source: InputSource): Readonly<Record<string, unknown>> {
  let usable: Readonly<Record<string, unknown>> | undefined;
  const check = (values: Readonly<Record<string, unknown>>) => {
    usable = values;
    return [{ input: '', problem: 'is only looked at' }];
  };
  problemsOf(() => readInputs({ ...task, check }, source));
  return usable ?? assert.fail('The values were not checked.');
}

function problemsOf(read: () => unknown): InputError {
  try {
    read();
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  return assert.fail('The inputs were accepted.');
}
