import { pages, type PlanTable } from './plans';

const say = (text: string): string => `
  job Job
    checkout self
    script ${text}`;

export const parameters: PlanTable = {
  subject: 'parameters',
  sources: pages('process/runtime-parameters', 'process/template-parameters', 'yaml-schema/parameters-parameter'),
  cases: [
    [
      'a text with a default',
      `
      parameters: [{ name: env, displayName: Environment, type: string, default: test }]
      steps: [{ script: 'echo \${{ parameters.env }}' }]`,
      say('echo test'),
    ],
    [
      'a text that is given',
      `
      parameters: [{ name: env, type: string, default: test }]
      steps: [{ script: 'echo \${{ parameters.env }}' }]`,
      say('echo prod'),
      { parameters: { ENV: 'prod' } },
    ],
    [
      'a text without a type',
      `
      parameters: [{ name: env, default: test }]
      steps: [{ script: 'echo \${{ parameters["env"] }}' }]`.replaceAll('"', "''"),
      say('echo test'),
    ],
    [
      'one of some values',
      `
      parameters: [{ name: pool, type: string, default: ubuntu, values: [ubuntu, windows] }]
      steps: [{ script: 'echo \${{ parameters.pool }}' }]`,
      say('echo windows'),
      { parameters: { pool: 'windows' } },
    ],
    [
      'a number',
      `
      parameters: [{ name: count, type: number, default: 3 }]
      steps:
      - \${{ if gt(parameters.count, 2) }}:
        - script: echo \${{ parameters.count }}`,
      say('echo 3'),
    ],
    [
      'a boolean',
      `
      parameters: [{ name: test, type: boolean, default: true }]
      steps:
      - \${{ if parameters.test }}:
        - script: echo \${{ parameters.test }}`,
      say('echo True'),
    ],
    [
      'a boolean that is given as text',
      `
      parameters: [{ name: test, type: boolean, default: true }]
      steps:
      - \${{ if eq(parameters.test, false) }}:
        - script: echo off`,
      say('echo off'),
      { parameters: { test: 'false' } },
    ],
    [
      'an object',
      `
      parameters:
      - name: app
        type: object
        default: { name: web, ports: [80, 443], owner: { team: ml } }
      steps: [{ script: 'echo \${{ parameters.app.name }} \${{ parameters.app.ports[1] }} \${{ parameters.app.owner.team }}' }]`,
      say('echo web 443 ml'),
    ],
    [
      'a list as an object',
      `
      parameters: [{ name: list, type: object, default: [a, b] }]
      steps:
      - \${{ each item in parameters.list }}:
        - script: echo \${{ item }}`,
      `
      job Job
        checkout self
        script echo a
        script echo b`,
    ],
    [
      'a list of texts',
      `
      parameters: [{ name: regions, type: stringList, values: [WUS, CUS, EUS], default: [WUS, EUS] }]
      steps: [{ script: "echo \${{ join('-', parameters.regions) }}" }]`,
      say('echo WUS-EUS'),
    ],
    [
      'steps before and after others',
      `
      steps:
      - template: t.yml
        parameters:
          before: [{ script: b }]`,
      `
      job Job
        checkout self
        script b
        script main`,
      {
        files: {
          't.yml':
            'parameters:\n- { name: before, type: stepList, default: [] }\n- { name: after, type: stepList, default: [] }\nsteps:\n- ${{ parameters.before }}\n- script: main\n- ${{ parameters.after }}',
        },
      },
    ],
    [
      'one step',
      `
      steps: [{ template: t.yml, parameters: { own: { bash: x, name: n } } }]`,
      `
      job Job
        checkout self
        bash x #n`,
      { files: { 't.yml': 'parameters: [{ name: own, type: step }]\nsteps:\n- ${{ parameters.own }}' } },
    ],
    [
      'jobs',
      `
      jobs: [{ template: t.yml, parameters: { list: [{ job: A, steps: [{ script: a }] }], one: { deployment: D, environment: e, strategy: { runOnce: { deploy: { steps: [{ script: d }] } } } } } }]`,
      `
      job A
        checkout self
        script a
      deployment D to e
        download current
        script d`,
      {
        files: {
          't.yml':
            'parameters: [{ name: list, type: jobList }, { name: one, type: deployment }]\njobs:\n- ${{ parameters.list }}\n- ${{ parameters.one }}',
        },
      },
    ],
    [
      'stages',
      `
      stages: [{ template: t.yml, parameters: { list: [{ stage: A, jobs: [{ job: J, steps: [{ script: a }] }] }] } }]`,
      `
      stage A
        job J
          checkout self
          script a`,
      { files: { 't.yml': 'parameters: [{ name: list, type: stageList }]\nstages: ${{ parameters.list }}' } },
    ],
    [
      'of the older form',
      `
      steps: [{ template: t.yml, parameters: { name: x } }]`,
      `
      job Job
        checkout self
        script x none`,
      {
        files: {
          't.yml':
            "parameters: { name: '', extra: none }\nsteps: [{ script: '${{ parameters.name }} ${{ parameters.extra }}' }]",
        },
      },
    ],
    [
      'that go on to another template',
      `
      parameters: [{ name: tag, type: string, default: v1 }]
      steps: [{ template: a.yml, parameters: { tag: '\${{ parameters.tag }}' } }]`,
      say('echo v1'),
      {
        files: {
          'a.yml':
            "parameters: [{ name: tag }]\nsteps: [{ template: b.yml, parameters: { tag: '${{ parameters.tag }}' } }]",
          'b.yml': "parameters: [{ name: tag }]\nsteps: [{ script: 'echo ${{ parameters.tag }}' }]",
        },
      },
    ],
    [
      'that are taken as they are at run time',
      `
      steps: [{ template: t.yml, parameters: { tag: $(Build.BuildId) } }]`,
      say('echo $(Build.BuildId)'),
      { files: { 't.yml': "parameters: [{ name: tag }]\nsteps: [{ script: 'echo ${{ parameters.tag }}' }]" } },
    ],
    [
      'a whole object as inputs',
      `
      parameters: [{ name: inputs, type: object, default: { a: 1, b: x } }]
      steps: [{ task: T@1, inputs: '\${{ parameters.inputs }}' }]`,
      `
      job Job
        checkout self
        task T@1 (a=1, b=x)`,
    ],
    [
      'as JSON',
      `
      parameters: [{ name: o, type: object, default: { a: x } }]
      steps: [{ script: 'echo \${{ convertToJson(parameters.o) }}' }]`,
      `
      job Job
        checkout self
        script echo { ⏎   "a": "x" ⏎ }`,
    ],
    [
      'a value that is not allowed',
      'parameters: [{ name: env, type: string, values: [a, b], default: a }]\nsteps: [{ script: x }]',
      ["given parameters:1:1: the parameter 'env' can't be 'c': allowed values are a, b"],
      { parameters: { env: 'c' } },
    ],
  ],
};
