import { pages, type PlanTable } from './plans';

const job = 'jobs: [{ job: J, steps: [{ checkout: none }] }]';

export const refusals: PlanTable = {
  subject: 'what the service refuses',
  sources: [
    ...pages('yaml-schema', 'process/expressions', 'process/templates', 'process/runtime-parameters'),
    'https://github.com/microsoft/azure-pipelines-yaml/issues/187',
    'https://github.com/microsoft/onnxscript/pull/943',
    'https://github.com/nrwl/nx/pull/23453',
  ],
  cases: [
    [
      'anchors',
      'steps:\n- script: &s make\n- bash: x',
      ['@2:14: Azure Pipelines does not support YAML anchors and aliases'],
    ],
    [
      'aliases',
      'variables: { a: x }\nsteps: [{ script: *x }]',
      ['@2:19: Azure Pipelines does not support YAML anchors and aliases'],
    ],
    ['merge keys', 'steps:\n- script: x\n  <<: { displayName: y }', ["@3:3: '<<' is not allowed in a 'script' step"]],
    ['keys that are not texts', 'variables: { ? [a] : b }\nsteps: [{ script: x }]', ['@1:16: a key must be text']],
    [
      'a mapping that is not closed',
      'steps:\n- { script: x',
      ['@3:1: Flow map in block collection must be sufficiently indented and end with a }'],
    ],
    [
      'an unknown key on a line in brackets that is not indented',
      'steps:\n- {\nscript: x,\n  displayNam: y\n}',
      ["@4:3: 'displayNam' is not allowed in a 'script' step"],
    ],
    ['a list as the whole file', '- script: x', ['@1:1: the root of a pipeline file must be a mapping']],
    ['nothing to do', 'trigger: [main]', ["@1:1: the pipeline has no 'stages', 'jobs' or 'steps'"]],
    ['an unknown key of a pipeline', 'step: []\nsteps: [{ script: x }]', ["@1:1: 'step' is not allowed in a pipeline"]],
    [
      'jobs beside stages',
      `stages: [{ stage: A, ${job} }]\n${job}`,
      ['@1:1: a pipeline must have only one of stages, jobs'],
    ],
    [
      'a container of the pipeline beside jobs',
      `container: x\n${job}`,
      ["@1:1: 'container' is not allowed in a pipeline"],
    ],
    [
      'a name with a dash',
      'jobs: [{ job: build-app, steps: [{ script: x }] }]',
      ["@1:15: the name 'build-app' must contain only letters, digits and underscores, and start with a letter"],
    ],
    [
      'a name that starts with a digit',
      `stages: [{ stage: 1st, ${job} }]`,
      ["@1:19: the name '1st' must contain only letters, digits and underscores, and start with a letter"],
    ],
    [
      'two steps of one name',
      'steps: [{ script: a, name: s }, { script: b, name: S }]',
      ["@1:33: there are two steps named 'S'"],
    ],
    [
      'a retry too many',
      'steps: [{ script: a, retryCountOnTaskFailure: 11 }]',
      ["@1:47: 'retryCountOnTaskFailure' must be an integer up to 10, not '11'"],
    ],
    [
      'status functions in variables',
      'variables: { a: "$[ succeeded() ]" }\nsteps: [{ script: x }]',
      ["@1:17: unknown function 'succeeded' in 'succeeded()'"],
    ],
    [
      'parameters in conditions of a run',
      'steps: [{ script: x, condition: "eq(parameters.a, \'b\')" }]',
      [
        "@1:33: unknown value 'parameters' in 'eq(parameters.a, 'b')': expected one of variables, dependencies, stageDependencies, pipeline, resources",
      ],
    ],
    ['expressions that are not closed', 'steps:\n- script: ${{ parameters.x', ["@2:11: a '${{' has no '}}'"]],
    [
      'functions with too few values',
      "steps:\n- ${{ if eq('a') }}:\n  - script: x",
      ["@2:3: 'eq' takes 2 parameters, not 1, in 'eq('a')'"],
    ],
    [
      'a list where a text must be',
      "parameters: [{ name: l, type: object, default: [1] }]\nsteps: [{ script: 'a ${{ parameters.l }}' }]",
      ["@2:19: 'parameters.l' is a list or a mapping; text is expected"],
    ],
    [
      'a text where a list must be',
      'steps:\n- ${{ if true }}: text',
      ["@2:19: '${{ if true }}' in a list needs a list under it"],
    ],
    [
      'a boolean that is none',
      'steps: [{ script: x, enabled: maybe }]',
      ["@1:31: 'enabled' must be true or false, not 'maybe'"],
    ],
    ['a list as a display name', 'steps: [{ script: x, displayName: [y] }]', ["@1:35: 'displayName' must be text"]],
    [
      'all at once',
      'steps:\n- script: x\n  condition: nothing()\n- task: T\n- bash: y\n  foo: 1',
      [
        "@3:14: unknown function 'nothing' in 'nothing()'",
        "@4:9: 'T' is not of the form 'Name@1'",
        "@6:3: 'foo' is not allowed in a 'bash' step",
      ],
    ],
  ],
};
