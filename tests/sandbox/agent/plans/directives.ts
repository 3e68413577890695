import { pages, type PlanTable } from './plans';

const list = (...steps: readonly string[]): string =>
  ['job Job', '  checkout self', ...steps.map((each) => `  ${each}`)].join('\n');

export const directives: PlanTable = {
  subject: 'insertion by conditions and loops',
  sources: pages('process/template-expressions', 'process/expressions', 'process/templates'),
  cases: [
    [
      'a step for the main branch',
      `
      steps:
      - script: build
      - \${{ if eq(variables['Build.SourceBranchName'], 'main') }}:
        - script: publish
      - \${{ if eq(variables['Build.SourceBranchName'], 'other') }}:
        - script: never`,
      list('script build', 'script publish'),
    ],
    [
      'one of three branches',
      `
      parameters: [{ name: tool, default: npm, values: [npm, yarn, pnpm] }]
      steps:
      - \${{ if eq(parameters.tool, 'npm') }}:
        - script: npm ci
      - \${{ elseif eq(parameters.tool, 'yarn') }}:
        - script: yarn
      - \${{ else }}:
        - script: pnpm i`,
      list('script yarn'),
      { parameters: { tool: 'yarn' } },
    ],
    [
      'a job',
      `
      parameters: [{ name: e2e, type: boolean, default: false }]
      jobs:
      - job: A
        steps: [{ script: a }]
      - \${{ if parameters.e2e }}:
        - job: E2E
          steps: [{ script: e }]`,
      list('script a').replace('job Job', 'job A'),
    ],
    [
      'a stage',
      `
      parameters: [{ name: prod, type: boolean, default: true }]
      stages:
      - \${{ if parameters.prod }}:
        - stage: Prod
          jobs: [{ job: J, steps: [{ script: a }] }]`,
      `
      stage Prod
        job J
          checkout self
          script a`,
    ],
    [
      'inputs',
      `
      parameters: [{ name: debug, type: boolean, default: true }]
      steps:
      - task: Build@1
        inputs:
          project: app
          \${{ if parameters.debug }}:
            arguments: --debug
          \${{ else }}:
            arguments: --release`,
      list('task Build@1 (project=app, arguments=--debug)'),
    ],
    [
      'a condition or a display name',
      `
      parameters: [{ name: always, type: boolean, default: true }]
      steps:
      - script: a
        \${{ if parameters.always }}:
          condition: always()
        \${{ if not(parameters.always) }}:
          displayName: never`,
      list('script a if always()'),
    ],
    [
      'conditions in conditions',
      `
      parameters: [{ name: a, type: boolean, default: true }, { name: b, type: boolean, default: false }]
      steps:
      - \${{ if parameters.a }}:
        - script: a
        - \${{ if parameters.b }}:
          - script: a and b
        - \${{ else }}:
          - script: a without b`,
      list('script a', 'script a without b'),
    ],
    [
      'conditions with several terms',
      `
      parameters: [{ name: env, default: prod }]
      steps:
      - \${{ if and(eq(parameters.env, 'prod'), or(eq(variables['Build.Reason'], 'Manual'), eq(variables['Build.Reason'], 'Schedule'))) }}:
        - script: go
      - \${{ if in(parameters.env, 'dev', 'test') }}:
        - script: never
      - \${{ if notIn(parameters.env, 'dev', 'test') }}:
        - script: not dev`,
      list('script go', 'script not dev'),
    ],
    [
      'comparisons without regard to case',
      `
      steps:
      - \${{ if eq('MAIN', variables['Build.SourceBranchName']) }}:
        - script: same
      - \${{ if contains(variables['Build.SourceBranch'], 'HEADS') }}:
        - script: contains`,
      list('script same', 'script contains'),
    ],
    [
      'a job for each',
      `
      parameters: [{ name: regions, type: object, default: [west, east] }]
      jobs:
      - \${{ each region in parameters.regions }}:
        - job: Deploy_\${{ region }}
          displayName: Deploy to \${{ upper(region) }}
          steps: [{ script: 'deploy \${{ region }}' }]`,
      `
      job Deploy_west "Deploy to WEST"
        checkout self
        script deploy west
      job Deploy_east "Deploy to EAST"
        checkout self
        script deploy east`,
    ],
    [
      'a stage for each, in a chain',
      `
      parameters: [{ name: envs, type: object, default: [{ name: test }, { name: prod, after: test }] }]
      stages:
      - \${{ each env in parameters.envs }}:
        - stage: \${{ env.name }}
          \${{ if env.after }}:
            dependsOn: \${{ env.after }}
          \${{ else }}:
            dependsOn: []
          jobs: [{ job: J, steps: [{ script: 'deploy \${{ env.name }}' }] }]`,
      `
      stage test
        job J
          checkout self
          script deploy test
      stage prod after test
        job J
          checkout self
          script deploy prod`,
    ],
    [
      'names and values of a mapping',
      `
      parameters: [{ name: env, type: object, default: { A: 1, B: 2 } }]
      steps:
      - script: run
        env:
          \${{ each pair in parameters.env }}:
            X_\${{ pair.key }}: \${{ pair.value }}
          C: 3`,
      list('script run env(X_A=1, X_B=2, C=3)'),
    ],
    [
      'loops in loops',
      `
      parameters: [{ name: m, type: object, default: { linux: [x64, arm], mac: [arm] } }]
      steps:
      - \${{ each os in parameters.m }}:
        - \${{ each cpu in os.value }}:
          - script: \${{ os.key }}/\${{ cpu }}`,
      list('script linux/x64', 'script linux/arm', 'script mac/arm'),
    ],
    [
      'loops with conditions',
      `
      parameters: [{ name: services, type: object, default: [{ name: a, test: true }, { name: b, test: false }] }]
      steps:
      - \${{ each s in parameters.services }}:
        - script: build \${{ s.name }}
        - \${{ if s.test }}:
          - script: test \${{ s.name }}`,
      list('script build a', 'script test a', 'script build b'),
    ],
    [
      'loops over nothing',
      `
      parameters: [{ name: list, type: object, default: [] }]
      steps:
      - script: first
      - \${{ each item in parameters.list }}:
        - script: never`,
      list('script first'),
    ],
    [
      'steps around every step',
      `
      steps:
      - template: t.yml
        parameters: { steps: [{ script: a, displayName: A }, { bash: b }] }`,
      list('script before', 'script a "A"', 'script before', 'bash b'),
      {
        files: {
          't.yml':
            'parameters: [{ name: steps, type: stepList }]\nsteps:\n- ${{ each step in parameters.steps }}:\n  - script: before\n  - ${{ step }}',
        },
      },
    ],
    [
      'only steps that are not scripts',
      `
      steps:
      - template: t.yml
        parameters: { steps: [{ script: a }, { task: T@1, inputs: { x: 1 } }, { bash: b }] }`,
      list('task T@1 (x=1)'),
      {
        files: {
          't.yml':
            "parameters: [{ name: steps, type: stepList }]\nsteps:\n- ${{ each step in parameters.steps }}:\n  - ${{ if not(or(startsWith(step.task, 'Bash'), startsWith(step.task, 'CmdLine'))) }}:\n    - ${{ step }}",
        },
      },
    ],
    [
      'a mapping inserted into another',
      `
      parameters: [{ name: extra, type: object, default: { b: 2 } }]
      steps:
      - task: T@1
        inputs:
          a: 1
          \${{ insert }}: \${{ parameters.extra }}`,
      list('task T@1 (a=1, b=2)'),
    ],
    [
      'a list inserted into another',
      `
      parameters: [{ name: needs, type: object, default: [A, B] }]
      jobs:
      - job: A
        steps: [{ script: a }]
      - job: B
        steps: [{ script: b }]
      - job: C
        dependsOn: \${{ parameters.needs }}
        steps: [{ script: c }]`,
      `
      job A
        checkout self
        script a
      job B
        checkout self
        script b
      job C after A, B
        checkout self
        script c`,
    ],
    [
      'a matrix from a parameter',
      `
      parameters: [{ name: versions, type: object, default: ['3.10', '3.12'] }]
      jobs:
      - job: Test
        strategy:
          matrix:
            \${{ each v in parameters.versions }}:
              Python\${{ replace(v, '.', '') }}: { version: '\${{ v }}' }
        steps: [{ script: tox }]`,
      `
      job Test
        leg Python310 (version=3.10)
        leg Python312 (version=3.12)
        checkout self
        script tox`,
    ],
    ['else without if', 'steps:\n- script: x\n- ${{ else }}:\n  - script: y', ["@3:3: 'else' has no 'if' before it"]],
    [
      'a function that there is not',
      'steps:\n- ${{ if equals(1, 1) }}:\n  - script: y',
      ["@2:3: unknown function 'equals' in 'equals(1, 1)'"],
    ],
  ],
};
