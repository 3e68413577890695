import { pages, type PlanTable } from './plans';

const resources = `
      resources:
        repositories:
        - { repository: shared, type: git, name: Platform/Templates, ref: refs/tags/v2 }`;

/** As the page about the security of templates has it. */
const withoutScripts = `parameters:
- { name: usersteps, type: stepList, default: [] }
steps:
- \${{ each step in parameters.usersteps }}:
  - \${{ if not(or(startsWith(step.task, 'Bash'), startsWith(step.task, 'CmdLine'), startsWith(step.task, 'PowerShell'))) }}:
    - \${{ step }}
  - \${{ else }}:
    - \${{ each pair in step }}:
        \${{ if eq(pair.key, 'inputs') }}:
          inputs:
            \${{ each attribute in pair.value }}:
              \${{ if eq(attribute.key, 'script') }}:
                script: echo "Script removed by template"
              \${{ else }}:
                \${{ attribute.key }}: \${{ attribute.value }}
        \${{ elseif eq(pair.key, 'displayName') }}:
          displayName: 'Disabled by template: \${{ step.displayName }}'
        \${{ else }}:
          \${{ pair.key }}: \${{ pair.value }}
`;

/** As the page about `extends` has it. */
const noCommandLines = `parameters:
- { name: buildSteps, type: stepList, default: [] }
stages:
- stage: secure_buildstage
  jobs:
  - job: secure_buildjob
    steps:
    - \${{ each step in parameters.buildSteps }}:
      - \${{ each pair in step }}:
          \${{ if ne(pair.value, 'CmdLine@2') }}:
            \${{ pair.key }}: \${{ pair.value }}
          \${{ if eq(pair.value, 'CmdLine@2') }}:
            '\${{ pair.value }}': error
`;

export const extending: PlanTable = {
  subject: 'extending, and templates of other repositories',
  sources: [
    ...pages(
      'yaml-schema/extends',
      'process/templates',
      'security/templates',
      'yaml-schema/resources-repositories-repository',
    ),
    'https://github.com/microsoft/azure-pipelines-yaml/issues/271',
  ],
  cases: [
    [
      'a template with steps',
      `
      extends: { template: base.yml, parameters: { text: hi } }`,
      `
      job Job
        checkout self
        script hi`,
      { files: { 'base.yml': "parameters: [{ name: text }]\nsteps: [{ script: '${{ parameters.text }}' }]" } },
    ],
    [
      'a template with stages, and what stands beside it',
      `
      name: $(Build.BuildId)
      trigger: none
      variables: { ours: 1 }
      pool: { vmImage: ubuntu-latest }
      extends:
        template: ci/base.yml`,
      `
      name $(Build.BuildId)
      var ours=1
      var theirs=2
      stage S
        job J
          checkout self
          script 1 2`,
      {
        files: {
          'ci/base.yml':
            "variables: { theirs: 2 }\nstages:\n- stage: S\n  jobs:\n  - job: J\n    steps: [{ script: '${{ variables.ours }} ${{ variables.theirs }}' }]",
        },
      },
    ],
    [
      'a template that extends another',
      'extends: { template: a.yml }',
      `
      job Job
        checkout self
        script from a`,
      {
        files: {
          'a.yml': 'extends: { template: b.yml, parameters: { text: from a } }',
          'b.yml': "parameters: [{ name: text }]\nsteps: [{ script: '${{ parameters.text }}' }]",
        },
      },
    ],
    [
      'a template that takes steps',
      `
      extends:
        template: base.yml
        parameters:
          steps:
          - script: own
          - template: inner.yml`,
      `
      stage Build
        job J
          checkout self
          script own
          script inner
          task Scan@1`,
      {
        files: {
          'base.yml':
            'parameters: [{ name: steps, type: stepList, default: [] }]\nstages:\n- stage: Build\n  jobs:\n  - job: J\n    steps:\n    - ${{ parameters.steps }}\n    - task: Scan@1',
          'inner.yml': 'steps: [{ script: inner }]',
        },
      },
    ],
    [
      'a template that takes stages',
      `
      extends:
        template: base.yml
        parameters:
          stages:
          - stage: A
            templateContext: { approvers: team }
            jobs: [{ job: J, steps: [{ script: a }] }]`,
      `
      stage A
        job J
          checkout self
          script a
      stage Sign after A
        job Sign
          checkout none`,
      {
        files: {
          'base.yml':
            'parameters: [{ name: stages, type: stageList, default: [] }]\nstages:\n- ${{ parameters.stages }}\n- stage: Sign\n  jobs: [{ job: Sign, steps: [{ checkout: none }] }]',
        },
      },
    ],
    [
      'a template that lets no command lines in',
      `
      extends:
        template: start.yml
        parameters:
          buildSteps:
          - bash: echo Test
            displayName: succeed
          - script: echo "Script Test"`,
      [
        'start.yml:9:9: this is not a step (it has CmdLine@2, inputs): supported steps are script, bash, pwsh, powershell, task, checkout, publish, download',
      ],
      { files: { 'start.yml': noCommandLines } },
    ],
    [
      'a template that takes the scripts out of steps',
      `
      extends:
        template: base.yml
        parameters:
          usersteps: [{ task: MyTask@1 }, { script: a }, { bash: b, displayName: B }, { pwsh: c }, { checkout: self, fetchDepth: 1 }]`,
      `
      job Job
        task MyTask@1
        script echo "Script removed by template"
        bash echo "Script removed by template" "Disabled by template: B"
        pwsh echo "Script removed by template"
        checkout self`,
      {
        files: {
          'base.yml': withoutScripts,
        },
      },
    ],
    [
      'a template that restricts steps',
      `
      extends: { template: base.yml, parameters: { steps: [{ script: a, displayName: A }] } }`,
      `
      job Job
        checkout self
        script a "A" restricted`,
      {
        files: {
          'base.yml':
            'parameters: [{ name: steps, type: stepList }]\nsteps:\n- ${{ each step in parameters.steps }}:\n  - ${{ each pair in step }}:\n      ${{ pair.key }}: ${{ pair.value }}\n    target: { commands: restricted }',
        },
      },
    ],
    [
      'steps of another repository',
      `${resources}
      steps: [{ template: steps/build.yml@shared }]`,
      `
      job Job
        checkout self
        script build`,
      { repositories: { shared: { 'steps/build.yml': 'steps: [{ script: build }]' } } },
    ],
    [
      'jobs of another repository, by its name',
      `${resources}
      jobs: [{ template: job.yml@shared, parameters: { name: J } }]`,
      `
      job J
        checkout self
        script j`,
      {
        repositories: {
          'Platform/Templates': {
            'job.yml': "parameters: { name: '' }\njobs: [{ job: '${{ parameters.name }}', steps: [{ script: j }] }]",
          },
        },
      },
    ],
    [
      'variables of another repository, by the last part of its name',
      `${resources}
      variables: [{ template: v.yml@shared }]
      steps: [{ script: $(a) }]`,
      `
      var a=1
      job Job
        checkout self
        script $(a)`,
      { repositories: { templates: { 'v.yml': 'variables: { a: 1 }' } } },
    ],
    [
      'a template of another repository',
      `${resources}
      extends:
        template: v1/base.yml@shared
        parameters: { pool: { name: P } }`,
      `
      stage S
        job J
          checkout self
          script one
          script two`,
      {
        repositories: {
          shared: {
            'v1/base.yml':
              'parameters: [{ name: pool, type: object }]\nstages:\n- stage: S\n  jobs:\n  - job: J\n    pool: ${{ parameters.pool }}\n    steps:\n    - template: steps/one.yml\n    - template: /two.yml',
            'v1/steps/one.yml': 'steps: [{ script: one }]',
            'two.yml': 'steps: [{ script: two }]',
          },
        },
      },
    ],
    [
      'a template of another repository that comes back',
      `${resources}
      extends: { template: base.yml@shared }`,
      `
      job Job
        checkout self
        script own`,
      {
        files: { 'ci/own.yml': 'steps: [{ script: own }]' },
        repositories: { shared: { 'base.yml': 'steps: [{ template: ci/own.yml@self }]' } },
      },
    ],
    [
      'steps that are given to a template of another repository come from there',
      `${resources}
      steps:
      - template: ci/wrap.yml@shared
        parameters: { steps: [{ template: inner.yml }, { template: inner.yml@self }] }`,
      `
      job Job
        checkout self
        script theirs
        script ours`,
      {
        files: { 'inner.yml': 'steps: [{ script: ours }]' },
        repositories: {
          shared: {
            'ci/wrap.yml': 'parameters: [{ name: steps, type: stepList }]\nsteps:\n- ${{ parameters.steps }}',
            'ci/inner.yml': 'steps: [{ script: theirs }]',
          },
        },
      },
    ],
    [
      'several other repositories',
      `
      resources:
        repositories:
        - { repository: a, type: github, name: contoso/a, endpoint: gh }
        - { repository: b, type: githubenterprise, name: contoso/b, endpoint: ghe }
        - { repository: c, type: bitbucket, name: contoso/c, endpoint: bb }
      steps: [{ template: t.yml@a }, { template: t.yml@b }, { template: t.yml@c }]`,
      `
      job Job
        checkout self
        script a
        script b
        script c`,
      {
        repositories: {
          a: { 't.yml': 'steps: [{ script: a }]' },
          b: { 't.yml': 'steps: [{ script: b }]' },
          'contoso/c': { 't.yml': 'steps: [{ script: c }]' },
        },
      },
    ],
    [
      'a repository chosen by a parameter',
      `
      parameters: [{ name: ref, default: main }]
      resources:
        repositories:
        - repository: shared
          type: git
          name: Templates
          ref: \${{ parameters.ref }}
      steps: [{ template: t.yml@shared }]`,
      `
      job Job
        checkout self
        script t`,
      { repositories: { shared: { 't.yml': 'steps: [{ script: t }]' } } },
    ],
    [
      'a template with resources of its own',
      `${resources}
      extends: { template: base.yml@shared }`,
      `
      job Job in the container 'python:3.12'
        checkout self
        script t`,
      {
        repositories: {
          shared: {
            'base.yml':
              "resources:\n  repositories: [{ repository: more, type: git, name: More }]\n  containers: [{ container: py, image: 'python:3.12' }]\ncontainer: py\nsteps: [{ template: t.yml@more }]",
          },
          more: { 't.yml': 'steps: [{ script: t }]' },
        },
      },
    ],
    [
      'a pipeline of a large organisation',
      `${resources}
      parameters: [{ name: official, type: boolean, default: false }]
      variables: [{ group: Release }]
      extends:
        \${{ if parameters.official }}:
          template: v1/Official.yml@shared
        \${{ else }}:
          template: v1/Unofficial.yml@shared
        parameters:
          sdl: { sourceAnalysisPool: Windows }
          stages:
          - stage: Build
            jobs:
            - job: Main
              templateContext: { outputs: [{ output: pipelineArtifact, artifactName: drop, targetPath: out }] }
              steps: [{ script: build.cmd }]`,
      `
      var key=s secret
      stage Build
        job Main
          checkout self
          script build.cmd
          task PublishPipelineArtifact@1 (artifactName=drop, targetPath=out)`,
      {
        groups: { Release: { key: 'secret:s' } },
        repositories: {
          shared: {
            'v1/Unofficial.yml':
              "parameters:\n- { name: sdl, type: object, default: {} }\n- { name: stages, type: stageList }\nstages:\n- ${{ each stage in parameters.stages }}:\n  - stage: ${{ stage.stage }}\n    jobs:\n    - ${{ each job in stage.jobs }}:\n      - job: ${{ job.job }}\n        steps:\n        - ${{ job.steps }}\n        - ${{ each o in job.templateContext.outputs }}:\n          - task: PublishPipelineArtifact@1\n            inputs: { artifactName: '${{ o.artifactName }}', targetPath: '${{ o.targetPath }}' }\n",
          },
        },
      },
    ],
    [
      'an alias that is not declared',
      'steps: [{ template: t.yml@shared }]',
      ["@1:21: 'resources' declares no repository with the alias 'shared'"],
    ],
    [
      'a repository that is not on this machine',
      'resources: { repositories: [{ repository: s, type: git, name: P/T }] }\nextends: { template: t.yml@s }',
      [
        "@2:22: the repository 'P/T' is not on this machine: give the local run a folder for 's' (npm start: --resource s=<folder>; runPipeline: repositories)",
      ],
    ],
    [
      'jobs beside what is extended',
      'extends: { template: t.yml }\njobs: []',
      ["@2:1: 'jobs' is not allowed next to 'extends'"],
      { files: { 't.yml': 'steps: []' } },
    ],
  ],
};
