import assert from 'node:assert/strict';
import { resolveTexts } from './resolveTexts';

const hex = '0123456789abcdef';

function problemsOf(name: string, value = 'x'): readonly string[] {
  return resolveTexts({ model: JSON.stringify({ variables: { [name]: value } }, null, 1) }).problems;
}

describe('names and values that are refused', () => {
  for (const name of [
    ...[
      'password',
      'dbPassword',
      'DB_PASSWORD',
      'pwd',
      'clientSecret',
      'client_secret',
      'secrets',
      'token',
      'accessToken',
      'PAT',
      'devopsPat',
    ],
    ...[
      'apiKey',
      'API_KEY',
      'apikey',
      'storageKey',
      'privateKey',
      'connectionString',
      'credential',
      'awsCredentials',
      'sas',
    ],
  ])
    it(`a secret by its name: ${name}`, () => {
      assert.match(
        problemsOf(name).join('\n'),
        /^model\.yml:3: \w+ looks like a secret, .* If it is not a secret, rename it\.$/,
      );
      assert.match(resolveTexts({ model: `variables: {list: [{${name}: x}]}` }).problems.join(), /looks like a secret/);
      assert.match(
        resolveTexts({ overrides: { [`m.${name}`]: 'x' } }).problems.join(),
        /^input 'overrides': m\.\w+ looks like a secret/,
      );
    });

  for (const name of [
    'maxTokens',
    'tokenizer',
    'secretScope',
    'clientSecretName',
    'key',
    'keyColumns',
    'partition_key',
    'pattern',
    'passwordless',
    'compat',
    'tokenCount',
  ])
    it(`not what only resembles one: ${name}`, () => assert.deepEqual(problemsOf(name), []));

  for (const [what, value] of Object.entries({
    'a Databricks token': `dapi${hex.repeat(2)}`,
    'a Databricks OAuth secret': `dose${hex.repeat(2)}`,
    'a GitHub token': `ghp_${'aB3'.repeat(12)}`,
    'an Amazon key': `AKIA${'ABCD'.repeat(4)}`,
    'a Slack token': 'xoxb-1234567890-abcdef',
    'an Entra secret': `abc8Q~${'x'.repeat(34)}`,
    'an Azure DevOps token': 'a2'.repeat(26),
    'a JSON Web Token': `eyJ${'a'.repeat(20)}.eyJ${'b'.repeat(20)}.c`,
    'a private key': '-----BEGIN RSA PRIVATE KEY-----',
    'a connection string': 'Server=x;Password=y',
    'a storage key': 'DefaultEndpointsProtocol=https;AccountKey=abc',
    'a shared access signature': 'https://a.blob.core.windows.net/c?sv=1&sig=abc',
    'a header': 'Authorization: Bearer abcdefghijklmnop',
    'a URL with a password': 'postgres://user:pass@host/db',
  }))
    it(`a value that looks like a secret: ${what}, without repeating it`, () => {
      for (const problems of [
        problemsOf('a', value),
        resolveTexts({ overrides: { a: ['x', { b: value }] } }).problems,
      ]) {
        assert.match(problems.join('\n'), /: a looks like a secret/);
        assert.doesNotMatch(problems.join('\n'), new RegExp(value.slice(0, 12).replaceAll(/[^\w]/g, '.')));
      }
    });

  for (const value of [
    'https://host:8080/x',
    'a'.repeat(64),
    hex.repeat(4),
    '0.1',
    'user@example.com',
    'abfss://c@a.dfs.core.windows.net/p',
    'b3JkaW5hcnk=',
  ])
    it(`not an ordinary value: ${value}`, () => assert.deepEqual(problemsOf('a', value), []));

  for (const value of ['##vso[task.complete result=Failed]', 'x ##VSO[task.setvariable variable=a]b', '##[error]x'])
    it(`a logging command: ${value}`, () =>
      assert.match(problemsOf('a', value).join(), /: a contains a logging command/));

  for (const value of ['$(Build.BuildId)', 'x/${{ parameters.x }}', '$[variables.x]'])
    it(`an expression of Azure Pipelines: ${value}`, () =>
      assert.match(problemsOf('a', value).join(), /: a contains an Azure Pipelines expression/));

  for (const value of ['a\r', 'a\r\nb', 'a\tb', '\u007F', '\u0085', '\u2028', '\ud800'])
    it(`control characters: ${JSON.stringify(value)}`, () =>
      assert.match(
        resolveTexts({ overrides: { a: value, b: [value] } }).problems.join('\n'),
        /: a must not contain control characters.*\n.*: b must not contain control characters/,
      ));

  for (const name of ['', '1a', 'a-b', 'a.b', 'a b', '_a', '__proto__', 'ä', 'a;b', ']', '##vso[a]', 'a'.repeat(101)])
    it(`an invalid name: ${JSON.stringify(name.slice(0, 20))}`, () =>
      assert.match(problemsOf(name).join(), /is not a valid name/));

  const unknown: readonly [text: string, problem: RegExp][] = [
    [
      'modelName: x',
      /^model\.yml:1: modelName is not a section of a variable file: put variables under `variables:`\.$/,
    ],
    ['[a]', /^model\.yml:1: must be a map with `variables`/],
    ['variables: x', /^model\.yml:1: variables must be a map, or a list/],
    ['environments: [x]', /^model\.yml:1: environments must be a map/],
    ['variables:\n- group: x', /^model\.yml:2: an entry of the list form must have/],
    ['variables:\n- template: x.yml', /an entry of the list form/],
    ['variables:\n- name: a', /an entry of the list form/],
    ['variables:\n- {name: a, value: 1, readonly: maybe}', /an entry of the list form/],
    ['variables:\n- {name: a, value: 1}\n- {name: a, value: 2}', /^model\.yml:3: a is defined twice\.$/],
    ['locked: a', /locked must be a list of names/],
    ['locked: [[a]]', /locked must be a list of names/],
  ];
  for (const [model, problem] of unknown)
    it(`a file of another form: ${model.replaceAll('\n', ' ')}`, () => {
      const { problems } = resolveTexts({ model });
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', problem);
    });

  it('are all reported at once', () => {
    const { problems } = resolveTexts({
      base: 'variables:\n  password: x\n  a: "{{b}}"\n  c: 010\n',
      model: 'variables:\n  n: "1"\n  n: 2\n',
      schema: { properties: { n: { type: 'integer' } } },
      environment: 'prod',
    });
    assert.deepEqual(
      problems.map((problem) => problem.replace(/(: \S+ \S+).*/, '$1')),
      [
        'base.yml:4: has a',
        'base.yml:2: password looks',
        'model.yml:3: n is',
        "input 'environment': there is",
        'base.yml:3: a refers',
        'model.yml:2: n must',
      ],
    );
  });
});

describe('the output variables', () => {
  it('are the leaves, with nested names joined, and lists as JSON', () => {
    const { outputs } = resolveTexts({
      model: 'variables: {a: 1, m: {x: true, y: {z: 0.50}}, l: [1, {b: c}], e: "", n: ~}',
    });
    assert.deepEqual(outputs, { a: '1', m_x: 'true', m_y_z: '0.50', l: '[1,{"b":"c"}]', e: '' });
  });

  it('have numbers and booleans as they are written, also where another variable refers to them', () => {
    const { outputs, problems } = resolveTexts({
      model: 'variables: {a: 1.10, b: 831877e8, c: 20261128.10, d: True, e: "{{a}}", f: "v{{b}}", g: 1.0}',
    });
    assert.deepEqual(problems, []);
    assert.deepEqual(outputs, {
      a: '1.10',
      b: '831877e8',
      c: '20261128.10',
      d: 'True',
      e: '1.10',
      f: 'v831877e8',
      g: '1.0',
    });
  });

  it('have the prefix; the name and the version of the model are also set without it', () => {
    const { outputs, problems } = resolveTexts({
      model: 'variables: {modelName: m, modelVersion: "2", a: 1}',
      prefix: 'p_',
    });
    assert.deepEqual(problems, []);
    assert.deepEqual(outputs, { p_modelName: 'm', modelName: 'm', p_modelVersion: '2', modelVersion: '2', p_a: '1' });
  });

  const taken: readonly [yaml: string, prefix: string | undefined, problem: RegExp][] = [
    [
      'a_b: 1\n a: {b: 2}',
      undefined,
      /^model\.yml:3: a\.b would set the variable a_b, which is already used by a_b\.$/,
    ],
    ['a: 1\n A: 2', undefined, /^model\.yml:3: A would set the variable A, which is already used by a\.$/],
    ['modelname: x', undefined, /modelname would set the variable modelname, which is already used by modelName/],
    ['resolvedFile: x', undefined, /which is already used by resolvedFile of this step/],
    ['Name: x', 'model', /Name would set the variable modelName, which is already used by modelName/],
    ['path: x', undefined, /path would set the variable path, which is reserved for the system/],
    [
      'build: {buildId: 1}',
      undefined,
      /build\.buildId would set the variable build_buildId, which is reserved for the system/,
    ],
    ['System_AccessKind: x', undefined, /is reserved for the system/],
    ['agent: {name: x}', undefined, /is reserved for the system/],
    ['input_x: x', undefined, /is reserved for the system/],
    ['endpoint_url: x', undefined, /is reserved for the system/],
    ['secret_x: x', undefined, /is reserved for the system/],
    ['node_options: x', undefined, /is reserved for the system/],
    ['ld_preload: x', undefined, /is reserved for the system/],
    ['x: 1', 'system_', /x would set the variable system_x, which is reserved for the system/],
  ];
  for (const [yaml, prefix, problem] of taken)
    it(`cannot use a name that is taken: ${prefix ?? ''} ${yaml.replace('\n', '')}`, () => {
      const { problems } = resolveTexts({ model: `variables:\n ${yaml}`, ...(prefix === undefined ? {} : { prefix }) });
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', problem);
    });

  it('cannot be variables of the agent, of task libraries, or of the shell', () => {
    const families = 'agent azp build dyld endpoint input ld node pipeline release secret securefile system vsts'.split(
      ' ',
    );
    const words = 'bash_env home path pathext pythonpath tf_build'.split(' ');
    for (const name of [...families.map((family) => `${family}_x`), ...words, 'PATH', 'Build_BuildId'])
      assert.match(problemsOf(name).join(), /which is reserved for the system/, name);
  });

  it('may have any other name, including one that only begins like a reserved one', () => {
    const { problems } = resolveTexts({
      model: 'variables: {inputColumns: [a], pathToData: x, builder: y, environment: z, resources: {cpu: 4}}',
    });
    assert.deepEqual(problems, []);
  });
});
