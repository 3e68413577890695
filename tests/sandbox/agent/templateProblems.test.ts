import assert from 'node:assert/strict';
import { expandPipelineOf } from './expandPipelineOf';
import { useFixture } from './pipelineFixture';

describe('A template that cannot be expanded', () => {
  const fixture = useFixture();
  const expand = expandPipelineOf(fixture);

  const failures: readonly (readonly [string, string, Readonly<Record<string, string>>, string])[] = [
    [
      'a file that is not there',
      'steps:\n- template: no.yml\n',
      {},
      "pipelines/main.yml:2:13: there is no file 'pipelines/no.yml' in the repository",
    ],
    [
      'a template outside of the repository',
      'steps:\n- template: ../../x.yml\n',
      {},
      "pipelines/main.yml:2:13: the template '../../x.yml' is outside of the repository",
    ],
    [
      'a template of another repository',
      'steps:\n- template: x.yml@other\n',
      {},
      "pipelines/main.yml:2:13: 'resources' declares no repository with the alias 'other'",
    ],
    [
      'a template for something else',
      'steps:\n- template: t.yml\n',
      { 'pipelines/t.yml': 'jobs: []\n' },
      "pipelines/t.yml:1:1: 'jobs' is not allowed in a template that is included for its steps",
    ],
    [
      'a template without content',
      'steps:\n- template: t.yml\n',
      { 'pipelines/t.yml': 'parameters: []\n' },
      "pipelines/main.yml:2:13: the template 'pipelines/t.yml' has no 'steps'",
    ],
    [
      'a key beside a template',
      'steps:\n- template: t.yml\n  displayName: x\n',
      {},
      "pipelines/main.yml:3:3: 'displayName' is not allowed next to 'template'",
    ],
    [
      'a template that includes itself',
      'steps:\n- template: main.yml\n',
      {},
      'pipelines/main.yml:2:13: templates are nested more than 100 deep',
    ],
    ['YAML that is none', 'steps:\n- script: "x\n', {}, 'pipelines/main.yml:3:1: Missing closing "quote'],
    [
      'a file that holds a list',
      '- script: x\n',
      {},
      'pipelines/main.yml:1:1: the root of a pipeline file must be a mapping',
    ],
    [
      'an anchor',
      'steps: &a\n- script: x\n',
      {},
      'pipelines/main.yml:2:1: Azure Pipelines does not support YAML anchors and aliases',
    ],
    [
      'an expression that is not closed',
      'steps:\n- script: ${{ 1\n',
      {},
      "pipelines/main.yml:2:11: a '${{' has no '}}'",
    ],
    [
      'an unknown value',
      'steps:\n- script: ${{ params.x }}\n',
      {},
      "pipelines/main.yml:2:11: unknown value 'params' in 'params.x': expected one of parameters, variables, pipeline",
    ],
    [
      'a list inside a text',
      "steps:\n- script: a ${{ split('a', ',') }}\n",
      {},
      "pipelines/main.yml:2:11: 'split('a', ',')' is a list or a mapping; text is expected",
    ],
    [
      'else without if',
      'steps:\n- ${{ else }}:\n  - script: x\n',
      {},
      "pipelines/main.yml:2:3: 'else' has no 'if' before it",
    ],
    [
      'a second else',
      'steps:\n- ${{ if true }}:\n  - script: x\n- ${{ else }}:\n  - script: y\n- ${{ else }}:\n  - script: z\n',
      {},
      "pipelines/main.yml:6:3: 'else' has no 'if' before it",
    ],
    [
      'an each of no list',
      "steps:\n- ${{ each x in 'abc' }}:\n  - script: x\n",
      {},
      "pipelines/main.yml:2:3: ''abc'' is neither a list nor a mapping",
    ],
    [
      'an each of another form',
      'steps:\n- ${{ each x of y }}:\n  - script: x\n',
      {},
      "pipelines/main.yml:2:3: 'each x of y' is not of the form 'each item in list'",
    ],
    [
      'a text where a list is inserted',
      'steps:\n- ${{ if true }}: x\n',
      {},
      "pipelines/main.yml:2:19: '${{ if true }}' in a list needs a list under it",
    ],
    [
      'a list where a mapping is inserted',
      'steps:\n- script: x\n  ${{ if true }}:\n  - y\n',
      {},
      "pipelines/main.yml:4:3: '${{ if true }}' in a mapping needs a mapping under it",
    ],
    [
      'a key that is there twice',
      'steps:\n- script: x\n  Script: y\n',
      {},
      "pipelines/main.yml:3:3: 'Script' is defined twice",
    ],
    ['steps that are no list', 'steps: x\n', {}, "pipelines/main.yml:1:8: 'steps' is not a list"],
    [
      'a template of a repository that is not on this machine',
      'resources: { repositories: [{ repository: shared, type: git, name: P/Shared }] }\nsteps:\n- template: x.yml@shared\n',
      {},
      "pipelines/main.yml:3:13: the repository 'P/Shared' is not on this machine: give the local run a folder for 'shared' (npm start: --resource shared=<folder>; runPipeline: repositories)",
    ],
    [
      'parameters before their template',
      'steps:\n- parameters: { x: 1 }\n  template: t.yml\n',
      {},
      "pipelines/main.yml:3:3: 'template' must be the first key, before 'parameters'",
    ],
    [
      'extends without a template',
      'extends: { parameters: {} }\n',
      {},
      "pipelines/main.yml:1:1: 'template' needs the path of a file",
    ],
    [
      'resources of an included template',
      'steps:\n- template: t.yml\n',
      { 'pipelines/t.yml': 'resources: {}\nsteps: []\n' },
      "pipelines/t.yml:1:1: 'resources' is not allowed in a template that is included for its steps",
    ],
    [
      'steps beside extends',
      'extends: { template: t.yml }\nsteps: []\n',
      {},
      "pipelines/main.yml:2:1: 'steps' is not allowed next to 'extends'",
    ],
    [
      'a parameter that is no mapping',
      'parameters: [x]\nsteps: []\n',
      {},
      "pipelines/main.yml:1:14: a parameter is declared by a mapping with a 'name'",
    ],
    [
      'a parameter with an unknown key',
      'parameters:\n- name: x\n  defualt: y\nsteps: []\n',
      {},
      "pipelines/main.yml:3:3: 'defualt' is not allowed in a parameter: expected one of name, displayName, type, default, values",
    ],
    [
      'a string that is not among those allowed',
      'parameters:\n- { name: x, type: stringList, values: [a, b], default: [a, c] }\nsteps: []\n',
      {},
      "pipelines/main.yml:2:61: the parameter 'x' can't contain 'c': allowed values are a, b",
    ],
    [
      'a parameter of an unknown type',
      'parameters:\n- name: x\n  type: text\nsteps: []\n',
      {},
      "pipelines/main.yml:3:9: the type of parameter 'x' is not supported: expected one of string, number, boolean, object, stringList, legacyObject, step, stepList, job, jobList, deployment, deploymentList, stage, stageList",
    ],
  ];
  for (const [name, yaml, files, expected] of failures) {
    it(`is refused, with file and line: ${name}`, () => {
      assert.throws(() => expand(yaml, files), { name: 'PipelineError', message: expected });
    });
  }

  const misspelt: readonly (readonly [string, string, Readonly<Record<string, string>>, readonly string[]])[] = [
    [
      'in a text',
      'parameters:\n- { name: environment, type: string, default: dev }\nsteps:\n- bash: echo deploy ${{ parameters.enviroment }}\n',
      {},
      ["pipelines/main.yml:4:9: Key not found 'enviroment'"],
    ],
    [
      'in a pipeline without parameters',
      'steps:\n- bash: x\n  displayName: ${{ parameters.undefined }}\n',
      {},
      ["pipelines/main.yml:3:16: Key not found 'undefined'"],
    ],
    [
      'in a directive, a key and a variable, all at once',
      "parameters: [{ name: a, default: x }]\nvariables:\n  v: ${{ parameters['b'] }}\nsteps:\n- ${{ if parameters.c }}:\n  - bash: x\n- ${{ each d in parameters.d }}:\n  - bash: y\n- bash: z\n  env: { '${{ parameters.e }}': 1 }\n",
      {},
      [
        "pipelines/main.yml:3:6: Key not found 'b'",
        "pipelines/main.yml:5:3: Key not found 'c'",
        "pipelines/main.yml:7:3: Key not found 'd'",
        "pipelines/main.yml:10:10: Key not found 'e'",
      ],
    ],
    [
      'above a key that is asked for',
      'parameters: [{ name: o, type: object, default: {} }]\nsteps:\n- bash: ${{ parameters.o.none.deeper }} ${{ parameters.p.none }}\n',
      {},
      ["pipelines/main.yml:3:9: Key not found 'p'"],
    ],
    [
      'in a template, for what it does not declare',
      'parameters: [{ name: outer, default: x }]\nsteps:\n- template: t.yml\n  parameters: { inner: y }\n',
      {
        'pipelines/t.yml':
          'parameters: [{ name: inner }]\nsteps:\n- bash: ${{ parameters.inner }} ${{ parameters.outer }}\n',
      },
      ["pipelines/t.yml:3:9: Key not found 'outer'"],
    ],
    [
      'in a template that is extended',
      'extends:\n  template: t.yml\n',
      { 'pipelines/t.yml': 'parameters: []\nsteps:\n- bash: ${{ parameters.x }}\n' },
      ["pipelines/t.yml:3:9: Key not found 'x'"],
    ],
    [
      'in what is given to a template',
      'steps:\n- template: t.yml\n  parameters: { x: "${{ parameters.y }}" }\n',
      { 'pipelines/t.yml': 'parameters: [{ name: x }]\nsteps:\n- bash: ${{ parameters.x }}\n' },
      ["pipelines/main.yml:3:20: Key not found 'y'"],
    ],
  ];
  for (const [name, yaml, files, expected] of misspelt) {
    it(`is refused for a parameter that does not exist: ${name}`, () => {
      assert.throws(() => expand(yaml, files), { name: 'PipelineError', message: expected.join('\n') });
    });
  }

  const unexpected: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
    ['of steps', 'steps:\n- template: t.yml\n  parameters:\n    speltWrong: 1\n', { 'pipelines/t.yml': 'steps: []\n' }],
    ['of jobs', 'jobs:\n- template: t.yml\n  parameters:\n    speltWrong: 1\n', { 'pipelines/t.yml': 'jobs: []\n' }],
    [
      'of stages',
      'stages:\n- template: t.yml\n  parameters:\n    speltWrong: 1\n',
      { 'pipelines/t.yml': 'stages: []\n' },
    ],
    [
      'of variables',
      'variables:\n- template: t.yml\n  parameters:\n    speltWrong: 1\n',
      { 'pipelines/t.yml': 'variables: {}\n' },
    ],
    [
      'that is extended',
      'extends:\n  template: t.yml\n  parameters:\n    speltWrong: 1\n',
      { 'pipelines/t.yml': 'steps: []\n' },
    ],
  ];
  for (const [name, yaml, files] of unexpected) {
    it(`is refused for a parameter that a template does not declare: ${name}`, () => {
      const declared = Object.entries(files).map(([file, text]) => [
        file,
        `parameters: [{ name: spelledWrong, default: '' }]\n${text}`,
      ]);
      assert.throws(() => expand(yaml, Object.fromEntries(declared) as Record<string, string>), {
        name: 'PipelineError',
        message: "pipelines/main.yml:4:5: Unexpected parameter 'speltWrong'",
      });
    });
  }

  it('is refused for expressions that cannot be parsed, also where they are left out', () => {
    const yaml = `steps:
- \${{ if false }}:
  - \${{ 3 + 4 }}
  - \${{ if and(true) }}:
    - bash: \${{ unknown(variables) }} \${{ eq(1, }}
  - \${{ each x in [y] }}:
    - bash: none
- bash: \${{ 5 +
`;
    assert.throws(() => expand(yaml), {
      name: 'PipelineError',
      message: [
        "pipelines/main.yml:3:5: '3 + 4' can't be parsed from position 2 on",
        "pipelines/main.yml:4:5: 'and' takes at least 2 parameters, not 1, in 'and(true)'",
        "pipelines/main.yml:5:13: 'eq(1,' is incomplete",
        "pipelines/main.yml:6:5: '[y]' has an unexpected '[' at position 1",
        "pipelines/main.yml:8:9: a '${{' has no '}}'",
      ].join('\n'),
    });
  });

  it('is refused with all problems of parameters at once', () => {
    const template = `parameters:
- { name: needed }
- { name: count, type: number }
- { name: flag, type: boolean }
- { name: color, values: [red, green] }
- { name: list, type: stepList }
- { name: object, type: step }
steps: []
`;
    const yaml = `steps:
- template: t.yml
  parameters:
    count: many
    flag: maybe
    color: blue
    list: x
    object: []
    unknown: 1
`;
    assert.throws(() => expand(yaml, { 'pipelines/t.yml': template }), {
      name: 'PipelineError',
      message: [
        "pipelines/main.yml:2:13: A value for the 'needed' parameter must be provided.",
        "pipelines/main.yml:4:12: the parameter 'count' takes a number, not 'many'",
        "pipelines/main.yml:5:11: the parameter 'flag' takes a boolean, not 'maybe'",
        "pipelines/main.yml:6:12: the parameter 'color' can't be 'blue': allowed values are red, green",
        "pipelines/main.yml:7:11: the parameter 'list' takes a list (stepList)",
        "pipelines/main.yml:8:13: the parameter 'object' takes one step",
        "pipelines/main.yml:9:5: Unexpected parameter 'unknown'",
      ].join('\n'),
    });
  });
});
