import { pages, type PlanTable } from './plans';

const greet =
  'parameters: [{ name: name, type: string, default: you }]\nsteps:\n- script: hello ${{ parameters.name }}\n';

export const templates: PlanTable = {
  subject: 'templates',
  sources: pages(
    'process/templates',
    'yaml-schema/steps-template',
    'yaml-schema/jobs-template',
    'yaml-schema/stages-template',
  ),
  cases: [
    [
      'of steps',
      'steps: [{ template: greet.yml }, { script: x }]',
      `
      job Job
        checkout self
        script hello you
        script x`,
      { files: { 'greet.yml': greet } },
    ],
    [
      'of steps, twice with other parameters',
      `
      steps:
      - template: greet.yml
        parameters: { name: a }
      - template: greet.yml
        parameters:
          name: b`,
      `
      job Job
        checkout self
        script hello a
        script hello b`,
      { files: { 'greet.yml': greet } },
    ],
    [
      'of steps in a folder, from the root and from the file',
      `
      steps: [{ template: ci/steps/greet.yml }, { template: /ci/steps/greet.yml }, { template: ./ci/steps/greet.yml@self }, { template: .\\ci\\steps\\greet.yml }]`,
      `
      job Job
        checkout self
        script hello you
        script hello you
        script hello you
        script hello you`,
      { files: { 'ci/steps/greet.yml': greet } },
    ],
    [
      'of jobs',
      `
      jobs:
      - template: job.yml
        parameters: { name: Linux, pool: { vmImage: ubuntu-latest } }
      - template: job.yml
        parameters: { name: Windows, pool: { vmImage: windows-latest }, sign: true }`,
      `
      job Linux
        checkout self
        script make
      job Windows
        checkout self
        script make
        script sign`,
      {
        files: {
          'job.yml':
            "parameters:\n  name: ''\n  pool: ''\n  sign: false\njobs:\n- job: ${{ parameters.name }}\n  pool: ${{ parameters.pool }}\n  steps:\n  - script: make\n  - ${{ if eq(parameters.sign, 'true') }}:\n    - script: sign\n",
        },
      },
    ],
    [
      'of stages',
      `
      stages:
      - template: stage.yml
        parameters: { name: Mini, tests: mini.js }
      - template: stage.yml
        parameters: { name: Full, tests: full.js }`,
      `
      stage Test_Mini
        job Mini_Windows
          checkout self
          script npm test -- --file=mini.js
        job Mini_Mac
          checkout self
          script npm test -- --file=mini.js
      stage Test_Full after Test_Mini
        job Full_Windows
          checkout self
          script npm test -- --file=full.js
        job Full_Mac
          checkout self
          script npm test -- --file=full.js`,
      {
        files: {
          'stage.yml':
            "parameters: { name: '', tests: '' }\nstages:\n- stage: Test_${{ parameters.name }}\n  jobs:\n  - job: ${{ parameters.name }}_Windows\n    pool: { vmImage: windows-latest }\n    steps:\n    - script: npm test -- --file=${{ parameters.tests }}\n  - job: ${{ parameters.name }}_Mac\n    pool: { vmImage: macOS-latest }\n    steps:\n    - script: npm test -- --file=${{ parameters.tests }}\n",
        },
      },
    ],
    [
      'of stages beside stages',
      `
      stages:
      - stage: First
        jobs: [{ job: J, steps: [{ checkout: none }] }]
      - template: s.yml
      - stage: Last
        jobs: [{ job: J, steps: [{ checkout: none }] }]`,
      `
      stage First
        job J
          checkout none
      stage Middle after First
        job J
          checkout none
      stage Last after Middle
        job J
          checkout none`,
      { files: { 's.yml': 'stages: [{ stage: Middle, jobs: [{ job: J, steps: [{ checkout: none }] }] }]' } },
    ],
    [
      'in templates, each from its own folder',
      'stages: [{ template: ci/stages/s.yml }]',
      `
      stage S
        job J
          checkout self
          script hello deep`,
      {
        files: {
          'ci/stages/s.yml': 'stages:\n- stage: S\n  jobs: [{ template: ../jobs/j.yml }]',
          'ci/jobs/j.yml': 'jobs:\n- job: J\n  steps: [{ template: /steps/greet.yml, parameters: { name: deep } }]',
          'steps/greet.yml': greet,
        },
      },
    ],
    [
      'chosen by a parameter',
      `
      parameters: [{ name: kind, default: a }]
      steps: [{ template: 'steps/\${{ parameters.kind }}.yml' }]`,
      `
      job Job
        checkout self
        script b`,
      {
        files: { 'steps/a.yml': 'steps: [{ script: a }]', 'steps/b.yml': 'steps: [{ script: b }]' },
        parameters: { kind: 'b' },
      },
    ],
    [
      'only under a condition',
      `
      parameters: [{ name: scan, type: boolean, default: false }]
      steps:
      - script: build
      - \${{ if parameters.scan }}:
        - template: not-there.yml`,
      `
      job Job
        checkout self
        script build`,
    ],
    [
      'for each of a list',
      `
      parameters: [{ name: names, type: object, default: [a, b] }]
      steps:
      - \${{ each n in parameters.names }}:
        - template: greet.yml
          parameters: { name: '\${{ n }}' }`,
      `
      job Job
        checkout self
        script hello a
        script hello b`,
      { files: { 'greet.yml': greet } },
    ],
    [
      'that see variables of where they are included',
      `
      variables: { region: west }
      jobs:
      - job: A
        variables: { tier: gold }
        steps: [{ template: t.yml }]`,
      `
      var region=west
      job A
        var tier=gold
        checkout self
        script west gold`,
      { files: { 't.yml': "steps: [{ script: '${{ variables.region }} ${{ variables.tier }}' }]" } },
    ],
    [
      'that do not see parameters of where they are included',
      `
      parameters: [{ name: secret, default: x }]
      steps: [{ template: t.yml }]`,
      `
      job Job
        checkout self
        script []`,
      { files: { 't.yml': "parameters: { other: '' }\nsteps: [{ script: '[${{ parameters.other }}]' }]" } },
    ],
    [
      'of jobs that take steps',
      `
      jobs:
      - template: job.yml
        parameters:
          name: Own
          steps:
          - script: mine
          - task: T@1`,
      `
      job Own
        checkout self
        script restore
        script mine
        task T@1
        script clean if always()`,
      {
        files: {
          'job.yml':
            'parameters:\n- { name: name }\n- { name: steps, type: stepList, default: [] }\njobs:\n- job: ${{ parameters.name }}\n  steps:\n  - script: restore\n  - ${{ parameters.steps }}\n  - script: clean\n    condition: always()\n',
        },
      },
    ],
    [
      'of steps that take templates of steps, from their own folder',
      `
      steps:
      - template: ci/wrap.yml
        parameters: { steps: [{ template: inner.yml }] }`,
      `
      job Job
        checkout self
        script before
        script inner of ci`,
      {
        files: {
          'ci/wrap.yml':
            'parameters: [{ name: steps, type: stepList }]\nsteps:\n- script: before\n- ${{ parameters.steps }}',
          'ci/inner.yml': 'steps: [{ script: inner of ci }]',
          'inner.yml': 'steps: [{ script: inner of the root }]',
        },
      },
    ],
    [
      'of jobs that wrap the jobs they are given',
      `
      jobs:
      - template: wrap.yml
        parameters:
          jobs:
          - job: A
            displayName: Build A
            steps: [{ script: a }]
          - job: B
            dependsOn: A
            steps: [{ script: b }]`,
      `
      job Credentials
        checkout none
      job A "Build A" after Credentials
        checkout self
        script pre
        script a
        script post if always()
      job B after Credentials, A
        checkout self
        script pre
        script b
        script post if always()`,
      {
        files: {
          'wrap.yml':
            "parameters: { jobs: [] }\njobs:\n- job: Credentials\n  steps: [{ checkout: none }]\n- ${{ each job in parameters.jobs }}:\n  - ${{ each pair in job }}:\n      ${{ if notIn(pair.key, 'steps', 'dependsOn') }}:\n        ${{ pair.key }}: ${{ pair.value }}\n    dependsOn:\n    - Credentials\n    - ${{ if job.dependsOn }}:\n      - ${{ job.dependsOn }}\n    steps:\n    - script: pre\n    - ${{ job.steps }}\n    - script: post\n      condition: always()\n",
        },
      },
    ],
    [
      'with a context for jobs',
      `
      jobs:
      - template: t.yml
        parameters:
          jobs:
          - job: A
            templateContext: { expectedHTTPResponseCode: 200 }
            steps: [{ script: a }]`,
      `
      job A
        checkout self
        script a
        script check 200`,
      {
        files: {
          't.yml':
            'parameters: [{ name: jobs, type: jobList }]\njobs:\n- ${{ each job in parameters.jobs }}:\n  - job: ${{ job.job }}\n    steps:\n    - ${{ job.steps }}\n    - ${{ if eq(job.templateContext.expectedHTTPResponseCode, 200) }}:\n      - script: check 200\n',
        },
      },
    ],
    [
      'of variables beside steps',
      `
      variables: [{ template: v.yml }]
      steps: [{ template: s.yml }]`,
      `
      var a=1
      job Job
        checkout self
        script is 1`,
      { files: { 'v.yml': 'variables: { a: 1 }', 's.yml': "steps: [{ script: 'is ${{ variables.a }}' }]" } },
    ],
    ['that are not there', 'steps: [{ template: none.yml }]', ["@1:21: there is no file 'none.yml' in the repository"]],
    [
      'that are for something else',
      'jobs: [{ template: t.yml }]',
      ["t.yml:1:1: 'steps' is not allowed in a template that is included for its jobs"],
      { files: { 't.yml': 'steps: []' } },
    ],
    [
      'with a condition beside them',
      'steps: [{ template: greet.yml, condition: always() }]',
      ["@1:32: 'condition' is not allowed next to 'template'"],
      { files: { 'greet.yml': greet } },
    ],
  ],
};
