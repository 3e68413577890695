import assert from 'node:assert/strict';
import { Variables, type Variable } from '../../../../sandbox/agent/variables/variables';
import { useFixture } from '../pipelineFixture';

const variableGroups = { g: { dbPassword: { secret: 'S3cr3tPw!' }, host: 'db' } };

describe('Secrets among the variables of a job', () => {
  function variablesOf(values: Readonly<Record<string, string | Variable>>) {
    const hidden: string[] = [];
    const entries = Object.entries(values).map(
      ([name, value]) => [name, typeof value === 'string' ? { value } : value] as const,
    );
    return { hidden, variables: new Variables(entries, (secret) => hidden.push(secret)) };
  }

  it('make secrets of the variables that refer to them, directly or through others', () => {
    const { variables, hidden } = variablesOf({
      connection: 'Server=db;Password=$(Secret)',
      command: 'connect $(connection) --now',
      secret: { value: 'pw', isSecret: true },
      host: 'db',
      text: '$(host) $(missing)',
    });
    assert.deepEqual(variables.names('secret'), ['connection', 'command', 'secret']);
    assert.deepEqual(variables.names('public'), ['host', 'text']);
    assert.equal(variables.get('command'), 'connect Server=db;Password=pw --now');
    assert.deepEqual(hidden, ['Server=db;Password=pw', 'connect Server=db;Password=pw --now', 'pw']);
  });

  it('stay secret whatever they are set to; public variables can become secret', () => {
    const { variables, hidden } = variablesOf({
      secret: { value: 'pw', isSecret: true },
      inherited: 'x$(secret)',
      open: 'o',
    });
    assert.equal(variables.set('SECRET', { value: 'changed', isSecret: false }), true);
    assert.equal(variables.set('inherited', { value: 'plain' }), true);
    assert.equal(variables.set('open', { value: 'closed', isSecret: true }), true);
    assert.equal(variables.set('open', { value: 'again' }), true);
    assert.equal(variables.set('other', { value: 'o' }), false);
    variables.expandAll();
    assert.deepEqual(variables.names('public'), ['other']);
    assert.ok(['changed', 'plain', 'closed', 'again'].every((value) => hidden.includes(value)));
  });

  it('are noticed when an expression reads one of them, or all', () => {
    const { variables } = variablesOf({ secret: { value: 'pw', isSecret: true }, open: 'o' });
    const reads: string[] = [];
    const dictionary = variables.toDictionary(() => reads.push('secret'));
    assert.equal(dictionary.get('Open'), 'o');
    assert.deepEqual(reads, []);
    assert.equal(dictionary.get('SECRET'), 'pw');
    assert.deepEqual(dictionary.values(), ['pw', 'o']);
    assert.deepEqual(reads, ['secret', 'secret']);
  });
});

describe('Variables that refer to each other', () => {
  const cycles: readonly (readonly [string, Readonly<Record<string, string>>, readonly string[]])[] = [
    ['in a circle', { a: '1_$(b)', b: '2_$(c)', c: '3_$(A)' }, ['a', 'b', 'c']],
    ['on the way to a circle', { a: '1_$(b)', b: '2_$(c)', c: '3_$(b)', d: 'D' }, ['a', 'b', 'c']],
    ['to themselves', { a: '$(a)', b: 'B' }, ['a']],
  ];
  for (const [name, values, failing] of cycles) {
    it(`${name} stay as they are written, with a warning`, () => {
      const variables = new Variables(Object.entries(values).map(([key, value]) => [key, { value }] as const));
      const warnings = failing.map((key) => `Unable to expand variable '${key}'. A cyclical reference was detected.`);
      assert.deepEqual(variables.expandAll(), warnings);
      for (const [key, value] of Object.entries(values)) assert.equal(variables.get(key), value);
    });
  }

  it('are expanded 50 deep, and no deeper', () => {
    const names = Array.from({ length: 51 }, (_, index) => `v${index + 1}`);
    const entries = names.map((name, index) => [name, { value: index === 50 ? 'end' : `$(v${index + 2})` }] as const);
    const variables = new Variables(entries);
    assert.deepEqual(variables.expandAll(), [
      "Unable to expand variable 'v1'. The max expansion depth (50) was exceeded.",
    ]);
    assert.equal(variables.get('v1'), '$(v2)');
    assert.equal(variables.get('v2'), 'end');
  });
});

describe('Secrets in a pipeline', () => {
  const fixture = useFixture();

  it('are masked and in no environment of a script, also in variables made of them and after they are set', async () => {
    const { lines, report, jobs } = await fixture().run(
      `
variables:
- group: g
- { name: connection, value: Server=$(host);Password=$(dbPassword) }
- { name: command, value: connect $(connection) }
- { name: upper, value: "$[ upper(variables.dbPassword) ]" }
- { name: size, value: "$[ length(variables.host) ]" }
jobs:
- job: A
  steps:
  - checkout: none
  - bash: echo "1 [$CONNECTION] [$COMMAND] [$UPPER] [$SIZE] [$HOST]"
  - bash: echo "2 $(connection) $(command) $(upper)" "$MAPPED"
    env: { MAPPED: $(command) }
  - bash: if env | grep -i 's3cr3t''pw'; then echo "2 leaked"; fi
    displayName: Connect with $(dbPassword)
  - bash: |
      echo "##vso[task.setvariable variable=foo;issecret=true]barbarbar"
      echo "##vso[task.setvariable variable=connection]elsewhere"
  - bash: |
      echo "##vso[task.setvariable variable=foo]bazbazbaz"
      echo "3 bazbazbaz elsewhere"
  - bash: echo "4 [$FOO] [$(foo)] [$CONNECTION] [$(connection)] [$COMMAND]"
  - bash: |
      echo "##vso[task.setvariable variable=token;issecret=true;isoutput=true]out-secret"
      echo "##vso[task.setvariable variable=plain;isoutput=true]out-plain"
    name: out
  - bash: echo "5 [$OUT_TOKEN] [$OUT_PLAIN] $(out.token)"
- job: B
  dependsOn: A
  variables:
    token: $[ dependencies.A.outputs['out.token'] ]
    plain: $[ dependencies.A.outputs['out.plain'] ]
    lower: $[ format('{0}!', upper(dependencies.A.outputs['out.token'])) ]
  steps:
  - checkout: none
  - bash: echo "6 [$TOKEN] [$PLAIN] [$LOWER] $(token) $(lower)"
`,
      { variableGroups },
    );
    assert.deepEqual(
      lines.filter((line) => /^\d/.test(line)),
      [
        '1 [] [] [] [2] [db]',
        '2 *** *** *** ***',
        '3 *** ***',
        '4 [] [***] [] [***] []',
        '5 [] [out-plain] ***',
        '6 [] [out-plain] [] *** ***',
      ],
    );
    assert.deepEqual(jobs.get('A')?.outputs, { 'out.token': '***', 'out.plain': 'out-plain' });
    assert.doesNotMatch(JSON.stringify(report), /S3cr3tPw!/i);
  });

  it('reach tasks under their prefix, as do variables made of them', async () => {
    fixture().task(
      'Env',
      "console.log('env', process.env.SECRET_LINK, process.env.LINK, process.env.VSTS_SECRET_VARIABLES);",
    );
    const raw: string[] = [];
    await fixture().run(
      'variables:\n- group: g\n- { name: link, value: "x:$(dbPassword)" }\nsteps:\n- checkout: none\n- task: Env@1\n',
      { variableGroups, onRawLine: (line) => raw.push(line) },
    );
    assert.match(raw.join('\n'), /^env x:S3cr3tPw! undefined \[.*"link".*\]$/m);
  });

  it('are found behind a circle of variables, which is only a warning', async () => {
    const { lines, steps } = await fixture().run(
      `
variables:
- group: g
- { name: a, value: $(b) $(dbPassword) }
- { name: b, value: $(a) }
steps:
- checkout: none
- bash: echo 'x $(a)'
  name: s
`,
      { variableGroups },
    );
    assert.ok(lines.includes('x $(b) $(dbPassword)'), lines.join('\n'));
    assert.equal(steps.get('s')?.result, 'Succeeded');
    assert.deepEqual(
      steps.get('s')?.issues.map(({ message }) => message),
      ['a', 'b'].map((name) => `Unable to expand variable '${name}'. A cyclical reference was detected.`),
    );
  });

  it('are not masked when they are shorter than the agent is told, up to five characters', async () => {
    const options = { secrets: { short: 'abc', five: 'abcde', six: 'uvwxyz' } };
    const yaml = (least: string): string =>
      `variables: { AZP_IGNORE_SECRETS_SHORTER_THAN: ${least} }\nsteps:\n- checkout: none\n- bash: echo 'x $(short) $(five) $(six)'\n`;
    assert.ok((await fixture().run(yaml('0'), options)).lines.includes('x *** *** ***'));
    assert.ok((await fixture().run(yaml('5'), options)).lines.includes('x abc *** ***'));
    assert.ok((await fixture().run(yaml('99'), options)).lines.includes('x abc abcde ***'));
  });
});
