import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { useFixture } from './pipelineFixture';
import type { PipelineOptions } from '../../../sandbox/agent/runPipeline';

/** A pipeline, what is wrong with it, and what the run is given. */
type Case = readonly [name: string, yaml: string, problems: readonly string[], options?: Partial<PipelineOptions>];

const job = (rest: string): string => `jobs:\n- job: A\n${rest}  steps:\n  - script: x\n`;
const step = (rest: string): string => `steps:\n- script: x\n${rest}`;
const deploy = (strategy: string): string => `jobs:\n- deployment: D\n  environment: prod\n  strategy:\n${strategy}`;

const cases: readonly Case[] = [
  ['nothing to run', 'trigger: none\n', ["pipeline.yml:1:1: the pipeline has no 'stages', 'jobs' or 'steps'"]],
  [
    'steps beside jobs',
    'steps: []\njobs: []\n',
    [
      'pipeline.yml:1:1: a pipeline must have only one of jobs, steps',
      "pipeline.yml:1:1: the stage '__default' has no jobs",
    ],
  ],
  ['an unknown key', 'stpes: []\nsteps:\n- script: x\n', ["pipeline.yml:1:1: 'stpes' is not allowed in a pipeline"]],
  ['an unknown key of a job', job('  depends: B\n'), ["pipeline.yml:3:3: 'depends' is not allowed in a job"]],
  [
    'an unknown key of a step',
    step('  workingDir: x\n'),
    ["pipeline.yml:3:3: 'workingDir' is not allowed in a 'script' step"],
  ],
  [
    'something that is not a step',
    'steps:\n- displayName: x\n',
    [
      'pipeline.yml:2:3: this is not a step (it has displayName): supported steps are script, bash, pwsh, powershell, task, checkout, publish, download',
    ],
  ],
  ['a job without steps', 'jobs:\n- job: A\n', ['pipeline.yml:2:3: a job has no steps']],
  [
    'something that is not a job',
    'jobs:\n- steps:\n  - script: x\n',
    ["pipeline.yml:2:3: a job starts with 'job' or 'deployment'"],
  ],
  [
    'a container without an image',
    job('  container: { options: x }\n'),
    ["pipeline.yml:3:14: a container needs an 'image'"],
  ],
  [
    'too many slices of a job',
    job('  strategy: { parallel: 100 }\n'),
    ["pipeline.yml:3:25: 'parallel' must be an integer up to 99, not '100'"],
  ],
  [
    'a matrix that is a text',
    job('  strategy: { matrix: legs }\n'),
    ["pipeline.yml:3:23: 'matrix' must be a mapping, or an expression '$[ ]' that gives one"],
  ],
  [
    'a leg with a dash',
    job('  strategy: { matrix: { a-b: { x: 1 } } }\n'),
    [
      "pipeline.yml:3:25: the name 'a-b' in a matrix must contain only letters, digits and underscores, start with a letter, and have at most 100 characters",
    ],
  ],
  [
    'a matrix and slices',
    job('  strategy: { matrix: { a: { x: 1 } }, parallel: 2 }\n'),
    ["pipeline.yml:3:40: a strategy has either 'matrix' or 'parallel'"],
  ],
  ['a deployment without its deploy', deploy('    rolling: {}\n'), ["pipeline.yml:5:14: 'rolling' needs 'deploy'"]],
  [
    'a hook without steps',
    deploy('    runOnce:\n      preDeploy: {}\n      deploy:\n        steps:\n        - script: x\n'),
    ["pipeline.yml:6:18: 'preDeploy' has no steps"],
  ],
  [
    'two strategies',
    deploy('    runOnce: { deploy: { steps: [{ script: x }] } }\n    canary: { deploy: { steps: [{ script: x }] } }\n'),
    ["pipeline.yml:6:5: a deployment has one strategy, not 'canary' too"],
  ],
  [
    'an unknown strategy',
    deploy('    blueGreen: {}\n'),
    [
      "pipeline.yml:5:5: 'blueGreen' is not allowed in a deployment job's strategy",
      "pipeline.yml:5:5: a deployment job's strategy is 'runOnce', 'rolling' or 'canary'",
    ],
  ],
  [
    'a deployment without a strategy',
    'jobs:\n- deployment: D\n  environment: p\n',
    ["pipeline.yml:2:3: a deployment job needs a 'strategy'"],
  ],
  [
    'checkout of another repository',
    'steps:\n- checkout: other\n',
    ["pipeline.yml:2:3: 'resources' declares no repository with the alias 'other'"],
  ],
  [
    'checkout of a repository that is not on this machine',
    'resources: { repositories: [{ repository: tools, type: git, name: P/Tools }] }\nsteps:\n- checkout: tools\n- checkout: git://P/Docs@main\n',
    [
      "pipeline.yml:3:3: the repository 'P/Tools' is not on this machine: give the local run a folder for 'tools' (npm start: --resource tools=<folder>; runPipeline: repositories)",
      "pipeline.yml:4:3: the repository 'P/Docs' is not on this machine: give the local run a folder for 'P/Docs' (npm start: --resource P/Docs=<folder>; runPipeline: repositories)",
    ],
  ],
  [
    'checkout of a repository whose folder does not exist',
    'steps:\n- checkout: git://P/Tools\n',
    ["pipeline.yml:2:3: the folder /nowhere that stands in for the repository 'P/Tools' does not exist"],
    { repositories: { Tools: '/nowhere' } },
  ],
  [
    'download from another pipeline',
    'steps:\n- download: other\n',
    ["pipeline.yml:2:3: 'resources' declares no pipeline with the alias 'other'"],
  ],
  [
    'download of artifacts that are not on this machine',
    'resources: { pipelines: [{ pipeline: ci, source: Build }] }\nsteps:\n- download: ci\n',
    [
      "pipeline.yml:3:3: the artifacts of 'Build' are not on this machine: give the local run a folder for 'ci' with a folder for each artifact (npm start: --resource ci=<folder>; runPipeline: pipelineRuns)",
    ],
  ],
  [
    'resources that lack what they need',
    `resources:
  repositories:
  - { repository: a, type: github, name: o/a }
  - { repository: A, type: svn }
  pipelines: [{ pipeline: p, branch: main }]
  containers: [{ container: c, images: x }]
  builds: [{ build: b, type: Jenkins }]
  webhooks: [{ webhook: w }]
  packages: text
  unknown: []
steps: [{ script: x }]
`,
    [
      "pipeline.yml:3:5: the repository resource 'a' of type 'github' needs an 'endpoint'",
      "pipeline.yml:4:5: there are two repositories with the alias 'A'",
      "pipeline.yml:4:28: a repository can't be of type 'svn'",
      "pipeline.yml:4:5: the repository resource 'A' needs a 'name'",
      "pipeline.yml:4:5: the repository resource 'A' of type 'svn' needs an 'endpoint'",
      "pipeline.yml:5:15: the pipeline resource 'p' needs a 'source'",
      "pipeline.yml:7:12: the build resource 'b' needs a 'connection'",
      "pipeline.yml:7:12: the build resource 'b' needs a 'source'",
      "pipeline.yml:6:16: the container resource 'c' needs an 'image'",
      "pipeline.yml:6:32: 'images' is not allowed in a container resource",
      "pipeline.yml:9:13: 'packages' must be a list",
      "pipeline.yml:8:14: the webhook resource 'w' needs a 'connection'",
      "pipeline.yml:10:3: 'unknown' is not allowed in 'resources'",
    ],
  ],
  [
    'an invalid boolean',
    step('  continueOnError: perhaps\n'),
    ["pipeline.yml:3:20: 'continueOnError' must be true or false, not 'perhaps'"],
  ],
  [
    'an invalid number',
    step('  timeoutInMinutes: -1\n'),
    ["pipeline.yml:3:21: 'timeoutInMinutes' must be an integer, not '-1'"],
  ],
  [
    'too many retries',
    step('  retryCountOnTaskFailure: 11\n'),
    ["pipeline.yml:3:28: 'retryCountOnTaskFailure' must be an integer up to 10, not '11'"],
  ],
  ['a text that is a list', step('  displayName: [x]\n'), ["pipeline.yml:3:16: 'displayName' must be text"]],
  ['an environment that is a list', step('  env: [x]\n'), ["pipeline.yml:3:8: 'env' must be a mapping"]],
  [
    'a name with a dash',
    'jobs:\n- job: a-b\n  steps:\n  - script: x\n    name: c-d\n',
    [
      "pipeline.yml:2:8: the name 'a-b' must contain only letters, digits and underscores, and start with a letter",
      "pipeline.yml:5:11: the step name 'c-d' must contain only letters, digits and underscores",
    ],
  ],
  [
    'two steps of one name',
    'steps:\n- script: x\n  name: a\n- script: y\n  name: A\n',
    ["pipeline.yml:4:3: there are two steps named 'A'"],
  ],
  [
    'two jobs of one name',
    'jobs:\n- job: A\n  steps: [{ script: x }]\n- job: a\n  steps: [{ script: x }]\n',
    ["pipeline.yml:4:3: there are two jobs named 'a'"],
  ],
  [
    'an unknown dependency',
    job('  dependsOn: [B, C]\n'),
    [
      "pipeline.yml:2:3: the job 'A' depends on 'B', which does not exist",
      "pipeline.yml:2:3: the job 'A' depends on 'C', which does not exist",
    ],
  ],
  [
    'stages in a circle',
    'stages:\n- stage: A\n  dependsOn: B\n  jobs: [{ job: J, steps: [{ script: x }] }]\n- stage: B\n  dependsOn: A\n  jobs: [{ job: J, steps: [{ script: x }] }]\n',
    ["pipeline.yml:2:3: the stage 'A' depends on itself, through others or directly"],
  ],
  [
    'a trigger that a stage can not have',
    'stages:\n- stage: A\n  trigger: none\n  jobs: [{ job: J, steps: [{ script: x }] }]\n',
    ["pipeline.yml:3:12: 'trigger' of a stage must be 'manual' or 'automatic'"],
  ],
  [
    'a variable group',
    'variables:\n- group: secrets\nsteps:\n- script: x\n',
    [
      "pipeline.yml:2:3: the variable group 'secrets' is in the project's library, which the local agent can't read: pass its variables to the local run",
    ],
  ],
  [
    'a variable without a name',
    'variables:\n- value: x\nsteps:\n- script: x\n',
    ["pipeline.yml:2:3: a variable needs a 'name', a 'group' or a 'template'"],
  ],
  ['an invalid condition', step('  condition: eq(1\n'), ["pipeline.yml:3:14: 'eq(1' is incomplete"]],
  [
    'a parameter in a condition',
    step("  condition: eq(parameters.x, 'y')\n"),
    [
      "pipeline.yml:3:14: unknown value 'parameters' in 'eq(parameters.x, 'y')': expected one of variables, dependencies, stageDependencies, pipeline, resources",
    ],
  ],
  [
    'a counter in a condition',
    step("  condition: counter('a', 1)\n"),
    ["pipeline.yml:3:14: unknown function 'counter' in 'counter('a', 1)'"],
  ],
  [
    'a status in a variable',
    'variables:\n  x: $[ succeeded() ]\nsteps:\n- script: x\n',
    ["pipeline.yml:2:6: unknown function 'succeeded' in 'succeeded()'"],
  ],
  ['a task without a version', 'steps:\n- task: Known\n', ["pipeline.yml:2:9: 'Known' is not of the form 'Name@1'"]],
  [
    'another version of a task',
    'steps:\n- task: Known@2\n',
    ['pipeline.yml:2:3: there is no version 2 of the task Known: there is 1.2.3'],
  ],
  [
    'an unknown service connection',
    'steps:\n- task: Known@1\n  inputs:\n    connection: a, b\n',
    ["pipeline.yml:4:5: the input 'connection' names the service connection 'b', which does not exist"],
  ],
  [
    'a service connection of another type',
    'steps:\n- task: Known@1\n  inputs: { connection: other }\n',
    ["pipeline.yml:3:13: the input 'connection' takes a connection of type 'any', and 'other' is of type 'azurerm'"],
  ],
  [
    'a task for an old Node',
    'steps:\n- task: Old@1\n',
    ['pipeline.yml:2:3: the task Old has no handler for Node 20 or 24'],
  ],
  [
    'a task around a job',
    'steps:\n- task: Around@1\n',
    ['pipeline.yml:2:3: the task Around has a part that runs before or after the job, which is not supported here'],
  ],
  [
    'an unknown stage to run',
    'stages:\n- stage: A\n  jobs: [{ job: J, steps: [{ script: x }] }]\n',
    ["there is no stage 'B': there are A"],
    { targetStages: ['B'] },
  ],
  [
    'a parameter that is not declared',
    'steps:\n- script: x\n',
    ["pipeline.yml:1:1: Unexpected parameter 'x'"],
    { parameters: { x: 1 } },
  ],
  [
    'a parameter without a value',
    'parameters: [{ name: x }]\nsteps:\n- script: x\n',
    ["pipeline.yml:1:1: A value for the 'x' parameter must be provided."],
  ],
  [
    'a given value of the wrong type',
    'parameters: [{ name: x, type: number }]\nsteps:\n- script: x\n',
    ["given parameters:1:1: the parameter 'x' takes a number, not 'many'"],
    { parameters: { x: 'many' } },
  ],
  ['a file outside of the repository', '', [], { file: '../x.yml' }],
];

describe('A pipeline that cannot be run', () => {
  const fixture = useFixture();

  for (const [name, yaml, problems, options] of cases) {
    it(`is refused before anything runs, with file and line: ${name}`, async () => {
      fixture().task('Known', '', { inputs: [{ name: 'connection', type: 'connectedService:any' }] });
      fixture().task('Old', '', { execution: { Node16: { target: 'index.js' } } });
      fixture().task('Around', '', { postjobexecution: { Node20_1: { target: 'index.js' } } });
      const connections = [
        { name: 'a', url: 'u', scheme: 'None' },
        { name: 'other', type: 'azurerm', url: 'u', scheme: 'None' },
      ];
      const found = await fixture().problems(yaml, { connections, ...options });
      if (problems.length > 0) assert.deepEqual(found, problems);
      assert.ok(!existsSync(fixture().output));
    });
  }

  it('is refused with all problems at once', async () => {
    const yaml =
      'variables:\n- group: g\nsteps:\n- script: x\n  unknown: 1\n- bash: y\n  condition: nothing()\n- task: T\n';
    assert.equal((await fixture().problems(yaml)).length, 4);
  });
});
