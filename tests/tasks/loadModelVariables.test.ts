import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { load } from 'js-yaml';
import { runTask } from '../../shared/task/runTask';
import { task } from '../../tasks/LoadModelVariables/task';
import { FakeAgent } from '../support/fakeAgent';
import { FakeClock } from '../support/fakeClock';

const base = `variables:
  workspaceFolder: /Shared/models/{{modelName}}
  training:
    epochs: 100
    rates: [0.1, 0.5]
environments:
  prod:
    training: {epochs: 300}
`;
const model = `variables:
- name: modelName
  value: demo_model
- name: modelVersion
  value: '1'
- name: note
  value: a | b
`;

describe('LoadModelVariables', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'loadModelVariables-'));
    await mkdir(join(folder, 'temp'));
    await write('base_variables.yml', base);
    await write('demo_model/model_variables.yml', model);
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function write(name: string, content: string | Uint8Array): Promise<string> {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    return file;
  }

  async function run(
    inputs: Readonly<Record<string, string>> = {},
    secrets: readonly string[] = [],
  ): Promise<FakeAgent> {
    const files = {
      baseFile: join(folder, 'base_variables.yml'),
      modelFile: join(folder, 'demo_model/model_variables.yml'),
    };
    const variables = { 'System.DefaultWorkingDirectory': folder, 'Agent.TempDirectory': join(folder, 'temp') };
    const agent = new FakeAgent({ ...files, ...inputs }, {}, variables, undefined, secrets);
    await runTask(task, { agent, clock: new FakeClock(), signal: new AbortController().signal });
    return agent;
  }

  it('sets every variable as an output, and writes all of them with their types', async () => {
    const agent = await run({ environment: 'prod', overrides: 'training.epochs=7' });
    assert.equal(agent.end.result, 'Succeeded', agent.end.message);
    const { resolvedFile = '', ...outputs } = agent.outputs;
    assert.deepEqual(outputs, {
      modelName: 'demo_model',
      modelVersion: '1',
      note: 'a | b',
      workspaceFolder: '/Shared/models/demo_model',
      training_epochs: '7',
      training_rates: '[0.1,0.5]',
    });
    const values = {
      workspaceFolder: '/Shared/models/demo_model',
      training: { epochs: 7, rates: [0.1, 0.5] },
      modelName: 'demo_model',
      modelVersion: '1',
      note: 'a | b',
    };
    assert.ok(resolvedFile.startsWith(join(folder, 'temp') + sep), resolvedFile);
    assert.deepEqual(JSON.parse(await readFile(resolvedFile, 'utf8')), values);
    assert.deepEqual(load(await readFile(join(dirname(resolvedFile), 'resolved.yml'), 'utf8')), values);
    assert.equal(agent.end.message, `Set 6 variables. They are also in ${resolvedFile} until the job ends.`);
  });

  it('shows the origin of every value, and what it replaced', async () => {
    const agent = await run({ environment: 'prod', overrides: 'training.epochs=7\ntraining.rates=[]' });
    assert.deepEqual(agent.summaries['Model variables']?.split('\n'), [
      'For the environment **prod**.',
      '',
      '| Variable | Value | From | Overridden |',
      '| --- | --- | --- | --- |',
      '| workspaceFolder | /Shared/models/demo\\_model | base\\_variables.yml:2 |  |',
      "| training.epochs | 7 | input 'overrides' | base\\_variables.yml:8, base\\_variables.yml:4 |",
      "| training.rates | \\[\\] | input 'overrides' | base\\_variables.yml:5 |",
      '| modelName | demo\\_model | demo\\_model/model\\_variables.yml:2 |  |',
      '| modelVersion | 1 | demo\\_model/model\\_variables.yml:4 |  |',
      '| note | a \\| b | demo\\_model/model\\_variables.yml:6 |  |',
      '',
    ]);
    assert.match(
      agent.text('log'),
      /^\[Model variables\] workspaceFolder = .*\ntraining\.epochs = 7 {2}\(input 'overrides'\)\n/,
    );
  });

  it('shows unset variables, truncates long values, and sets no output for an unset variable', async () => {
    await write(
      'demo_model/model_variables.yml',
      `${model}- {name: training, value: {rates: }}\n- {name: long, value: ${'x'.repeat(500)}}\n`,
    );
    const agent = await run();
    assert.match(
      agent.summaries['Model variables'] ?? '',
      /\| training\.rates \| \\\(unset\\\) \| demo\\_model\/model\\_variables\.yml:8 \|/,
    );
    assert.match(agent.summaries['Model variables'] ?? '', /\| long \| x{200}… \|/);
    assert.equal(agent.outputs['training_rates'], undefined);
    assert.equal(agent.outputs['long'], 'x'.repeat(500));
  });

  it('sets the text of a number that is written otherwise, and keeps its type in the file', async () => {
    await write('demo_model/model_variables.yml', `${model}- {name: rate, value: 0.10}\n- {name: limit, value: 1}\n`);
    const agent = await run({ overrides: '{"limit": 1.50, "build": 20261128.10, "seed": 3, "rate": 0.20}' });
    assert.equal(agent.end.result, 'Succeeded', agent.end.message);
    const { limit, build, seed, rate, resolvedFile = '' } = agent.outputs;
    assert.deepEqual([limit, build, seed, rate], ['1.50', '20261128.10', '3', '0.20']);
    const values = JSON.parse(await readFile(resolvedFile, 'utf8')) as Readonly<Record<string, unknown>>;
    assert.deepEqual([values['limit'], values['build'], values['seed'], values['rate']], [1.5, '20261128.10', 3, 0.2]);
    assert.match(agent.text('log'), /^build = 20261128\.10 {2}\(input 'overrides'\)$/m);
  });

  it('refuses the text of a secret in a number', async () => {
    await write('demo_model/model_variables.yml', `${model}- {name: pin, value: 4711.4200}\n`);
    const agent = await run({}, ['4711.4200']);
    assert.match(agent.end.message, /pin contains the value of a secret variable/);
  });

  it('keeps line breaks in outputs, and shows the text on one line', async () => {
    const [lines, shown] = ['$.a=1\n$.b=2\n', '$.a=1 ↵ $.b=2 ↵ '];
    await write('demo_model/model_variables.yml', `${model}- name: answers\n  value: |\n    $.a=1\n    $.b=2\n`);
    const agent = await run();
    assert.equal(agent.outputs['answers'], lines, agent.end.message);
    assert.ok(
      agent.text('log').includes(`\nanswers = ${shown}  (demo_model/model_variables.yml:8)`),
      agent.text('log'),
    );
    assert.match(agent.summaries['Model variables'] ?? '', /\| answers \| \$\.a=1 ↵ \$\.b=2 ↵ {2}\|/);
    const file = join(dirname(agent.outputs['resolvedFile'] ?? ''), 'resolved.yml');
    assert.equal((load(await readFile(file, 'utf8')) as { readonly answers: string }).answers, lines);
  });

  it('refuses overrides that contain a secret, together with all other problems', async () => {
    await write('base_variables.yml', 'variables: [');
    const agent = await run({ overrides: 'note=so hushhush now\nseed=1' }, ['hushhush']);
    assert.match(
      agent.end.message,
      /:\n {2}- input 'overrides': note contains the value of a secret variable, .*\n {2}- base_variables\.yml:1: is not valid YAML/,
    );
    assert.doesNotMatch(agent.end.message, /hush/);
    assert.deepEqual([agent.outputs, agent.summaries], [{}, {}]);
  });

  it('refuses a file that contains a secret, by name and line, except a secret of less than 6 characters', async () => {
    await write(
      'demo_model/model_variables.yml',
      `${model}- name: key\n  value: so hushhush now\n- {name: copy, value: '{{key}}'}\n- {name: list, value: [{x: hushhush}]}\nlocked: [key]\n`,
    );
    const agent = await run({ overrides: 'key=other' }, ['hushhush', 'a | b', '1']);
    const problem = 'contains the value of a secret variable, which anyone who can read the file can read: ';
    assert.deepEqual(
      agent.end.message.split('\n  - ').map((line) => line.split(problem)[0]),
      [
        'The model variables are not valid:',
        'demo_model/model_variables.yml:8: key ',
        'demo_model/model_variables.yml:11: list ',
        "input 'overrides': key is locked by demo_model/model_variables.yml:12: it has a different value (demo_model/model_variables.yml:8).",
      ],
    );
    assert.doesNotMatch(agent.text() + agent.end.message, /hush/);
    assert.deepEqual([agent.outputs, agent.summaries], [{}, {}]);
  });

  it('refuses a secret that is put together from parts, in a file or with an override', async () => {
    const halves = `- {name: first, value: hush}\n- {name: second, value: "-a-bye"}\n`;
    await write('demo_model/model_variables.yml', `${model}${halves}- {name: whole, value: '{{first}}{{second}}'}\n`);
    for (const [overrides, name] of [
      ['training.epochs=7', 'whole'],
      ['whole=none\nnote={{first}}{{second}}', 'note'],
    ] as const) {
      const agent = await run({ overrides }, ['hush-a-bye']);
      assert.match(
        agent.end.message,
        new RegExp(`${name} with its references contains the value of a secret variable`),
      );
      assert.doesNotMatch(agent.text() + agent.end.message, /hush-a-bye/);
      assert.deepEqual([agent.outputs, agent.summaries], [{}, {}]);
      assert.deepEqual(await readdir(join(folder, 'temp')), []);
    }
  });

  it('adds the prefix to every name, and sets the two standard names also without it', async () => {
    const agent = await run({ prefix: 'm_' });
    assert.equal(agent.outputs['m_training_epochs'], '100', agent.end.message);
    assert.equal(agent.outputs['training_epochs'], undefined);
    assert.deepEqual([agent.outputs['modelName'], agent.outputs['m_modelName']], ['demo_model', 'demo_model']);
  });

  it('writes to a new temporary folder, or to the given one', async () => {
    const [first, second] = [await run(), await run()];
    assert.notEqual(first.outputs['resolvedFile'], second.outputs['resolvedFile']);
    const named = await run({ outputFolder: 'out/variables' });
    assert.equal(named.outputs['resolvedFile'], join(folder, 'out/variables/resolved.json'));
    const failed = await run({ outputFolder: 'base_variables.yml' });
    assert.match(
      failed.end.message,
      /^Could not write the resolved variables: '.*base_variables\.yml' is a file, not a folder\.$/,
    );
  });

  it('works with the model file alone, in JSON, and with a schema of the team', async () => {
    const modelFile = await write('m.json', '{"variables": {"modelName": "m", "modelVersion": "1.2.3"}}');
    const properties = { modelVersion: { format: 'semver' } };
    const schema = { definitions: { variables: { additionalProperties: false, properties } } };
    const schemaFile = await write('model_variables.schema.json', JSON.stringify(schema));
    const agent = await run({ baseFile: '', modelFile, schemaFile });
    assert.equal(agent.end.result, 'Succeeded', agent.end.message);
    const wrong = await run({ schemaFile });
    assert.equal(
      wrong.end.message,
      'The model variables are not valid:' +
        '\n  - base_variables.yml:3: training is not in the schema, which has: modelName, modelVersion, workspaceFolder, packages.' +
        '\n  - demo_model/model_variables.yml:4: modelVersion must be a semantic version, such as 1.4.0.' +
        '\n  - demo_model/model_variables.yml:6: note is not in the schema, which has: modelName, modelVersion, workspaceFolder, packages.',
    );
  });

  it('reports all problems at once, and then sets and writes nothing', async () => {
    await write(
      'demo_model/model_variables.yml',
      'variables:\n  modelVersion: 1.10\n  dbPassword: hush\n  a: "{{b}}"\n',
    );
    const agent = await run({ environment: 'test', overrides: 'a=$(nobody)' });
    assert.equal(agent.end.result, 'Failed');
    const problems = agent.end.message.split('\n  - ');
    assert.deepEqual(
      problems.map((problem) => /^(\S+:\d+|input '\w+'|the schema|The model variables)/.exec(problem)?.[0]),
      [
        'The model variables',
        'demo_model/model_variables.yml:3',
        "input 'environment'",
        "input 'overrides'",
        'base_variables.yml:2',
        'demo_model/model_variables.yml:2',
        'the schema',
      ],
    );
    assert.doesNotMatch(agent.end.message, /hush/);
    assert.deepEqual([agent.outputs, agent.summaries], [{}, {}]);
  });

  it('lists at most 50 problems, and how many more there are', async () => {
    const secrets = Array.from({ length: 60 }, (_, n) => `  a${n}: "{{nobody}}"`).join('\n');
    await write('demo_model/model_variables.yml', `variables:\n  modelName: m\n  modelVersion: '1'\n${secrets}`);
    const { message } = (await run()).end;
    assert.equal(message.split('\n').length, 52);
    assert.match(message, /\n {2}- and 10 more\.$/);
  });

  const unreadable: readonly [what: string, content: string | Uint8Array, problem: RegExp][] = [
    ['another encoding', new Uint8Array([0xff, 0xfe, 0x61, 0]), /m\.yml: is not UTF-8 text\.$/],
    ['10 MB', 'a: 1\n'.repeat(2_000_000), /m\.yml: is larger than 1 MiB\.$/],
    ['no YAML', 'variables: [', /m\.yml:1: is not valid YAML or JSON: /],
    ['nothing', '', /m\.yml: is empty\.$/],
  ];
  for (const [what, content, problem] of unreadable)
    it(`refuses a file that can't be read: ${what}`, async () => {
      const file = await write('m.yml', content);
      for (const input of ['modelFile', 'baseFile', 'schemaFile']) {
        const { end } = await run({ [input]: file });
        assert.equal(end.result, 'Failed');
        assert.match(end.message, problem);
      }
    });

  it('ignores a byte order mark, and reads Windows line ends', async () => {
    const agent = await run({ modelFile: await write('m.yml', `\uFEFF${model.replaceAll('\n', '\r\n')}`) });
    assert.equal(agent.outputs['modelName'], 'demo_model', agent.end.message);
  });

  it('reports invalid inputs', async () => {
    const wrong: readonly [Record<string, string>, RegExp][] = [
      [{ modelFile: '' }, /^Input 'modelFile' is required/],
      [{ baseFile: '/nowhere' }, /^Input 'baseFile' names a file that does not exist/],
      [{ prefix: 'a-b' }, /^Input 'prefix' must be letters, digits and _/],
      [{ overrides: '__proto__=1' }, /input 'overrides': __proto__ is not a valid name/],
      [{ overrides: 'a' }, /^Input 'overrides' line 1 is not of the form name=value/],
      [{ prefix: 'build_' }, /would set the variable build_modelName, which is reserved for the system/],
      [
        { overrides: '{"a": 9007199254740993}' },
        /input 'overrides': a has a number that cannot be represented exactly/,
      ],
    ];
    for (const [inputs, message] of wrong) assert.match((await run(inputs)).end.message, message);
  });
});
