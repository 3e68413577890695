import { pages, type PlanTable } from './plans';

const job = 'jobs: [{ job: J, steps: [{ checkout: none }] }]';

export const stages: PlanTable = {
  subject: 'stages',
  sources: pages('yaml-schema/stages-stage', 'process/stages', 'process/conditions'),
  cases: [
    [
      'one after another',
      `stages: [{ stage: A, ${job} }, { stage: B, ${job} }]`,
      `
      stage A
        job J
          checkout none
      stage B after A
        job J
          checkout none`,
    ],
    [
      'at the same time',
      `stages: [{ stage: A, ${job} }, { stage: B, dependsOn: [], ${job} }]`,
      `
      stage A
        job J
          checkout none
      stage B
        job J
          checkout none`,
    ],
    [
      'fan out and fan in',
      `
      stages:
      - stage: Build
        ${job}
      - stage: Unit
        dependsOn: Build
        ${job}
      - stage: E2E
        dependsOn: Build
        ${job}
      - stage: Release
        dependsOn: [Unit, E2E]
        ${job}`,
      `
      stage Build
        job J
          checkout none
      stage Unit after Build
        job J
          checkout none
      stage E2E after Build
        job J
          checkout none
      stage Release after Unit, E2E
        job J
          checkout none`,
    ],
    [
      'with display names',
      `stages: [{ stage: A, displayName: 'Build it', ${job} }]`,
      `
      stage A "Build it"
        job J
          checkout none`,
    ],
    [
      'for the main branch only',
      `
      stages:
      - stage: Test
        ${job}
      - stage: Deploy
        condition: and(succeeded(), eq(variables['Build.SourceBranch'], 'refs/heads/main'))
        ${job}`,
      `
      stage Test
        job J
          checkout none
      stage Deploy after Test if and(succeeded(), eq(variables['Build.SourceBranch'], 'refs/heads/main'))
        job J
          checkout none`,
    ],
    [
      'after a failure',
      `
      stages:
      - stage: Deploy
        ${job}
      - stage: Rollback
        condition: failed('Deploy')
        ${job}`,
      `
      stage Deploy
        job J
          checkout none
      stage Rollback after Deploy if failed('Deploy')
        job J
          checkout none`,
    ],
    [
      'for pull requests',
      `
      stages:
      - stage: PR
        condition: eq(variables['Build.Reason'], 'PullRequest')
        ${job}`,
      `
      stage PR if eq(variables['Build.Reason'], 'PullRequest')
        job J
          checkout none`,
    ],
    [
      'whatever happens',
      `
      stages:
      - stage: A
        ${job}
      - stage: Report
        condition: always()
        ${job}`,
      `
      stage A
        job J
          checkout none
      stage Report after A if always()
        job J
          checkout none`,
    ],
    [
      'by outputs of an earlier one',
      `
      stages:
      - stage: A
        jobs:
        - job: Find
          steps:
          - bash: echo "##vso[task.setvariable variable=changed;isOutput=true]true"
            name: diff
      - stage: B
        condition: eq(dependencies.A.outputs['Find.diff.changed'], 'true')
        ${job}`,
      `
      stage A
        job Find
          checkout self
          bash echo "##vso[task.setvariable variable=changed;isOutput=true]true" #diff
      stage B after A if eq(dependencies['A']['outputs']['Find.diff.changed'], 'true')
        job J
          checkout none`,
    ],
    [
      'after one that may be skipped',
      `
      stages:
      - stage: A
        condition: false
        ${job}
      - stage: B
        condition: in(dependencies.A.result, 'Succeeded', 'SucceededWithIssues', 'Skipped')
        ${job}`,
      `
      stage A if false
        job J
          checkout none
      stage B after A if in(dependencies['A']['result'], 'Succeeded', 'SucceededWithIssues', 'Skipped')
        job J
          checkout none`,
    ],
    [
      'with variables for all their jobs',
      `
      stages:
      - stage: A
        variables: { region: west }
        ${job}`,
      `
      stage A
        var region=west
        job J
          checkout none`,
    ],
    [
      'with a pool, a lock and a context',
      `
      lockBehavior: runLatest
      pool: { vmImage: ubuntu-latest }
      stages:
      - stage: A
        pool: { name: Linux, demands: [docker, Agent.OS -equals Linux] }
        lockBehavior: sequential
        isSkippable: false
        group: release/production
        templateContext: { team: ml }
        ${job}`,
      `
      stage A
        job J
          checkout none`,
    ],
    [
      'that start by hand',
      `
      stages:
      - stage: A
        ${job}
      - stage: B
        trigger: manual
        ${job}
      - stage: C
        dependsOn: []
        trigger: automatic
        ${job}`,
      `
      stage A
        job J
          checkout none
      stage B after A manual
        job J
          checkout none
      stage C
        job J
          checkout none`,
    ],
    [
      'left out, with jobs alone',
      `
      trigger: [main, releases/*]
      pr: none
      jobs:
      - job: A
        steps: [{ script: echo a }]
      - job: B
        steps: [{ script: echo b }]`,
      `
      job A
        checkout self
        script echo a
      job B
        checkout self
        script echo b`,
    ],
    [
      'left out, with steps alone',
      `
      trigger: { batch: true, branches: { include: [main], exclude: [old/*] }, paths: { exclude: [docs] }, tags: { include: [v*] } }
      schedules:
      - cron: '0 0 * * *'
        displayName: nightly
        branches: { include: [main] }
        always: true
      pool: Default
      steps:
      - script: make`,
      `
      job Job
        checkout self
        script make`,
    ],
    [
      'left out, with the settings of the only job',
      `
      name: $(Date:yyyyMMdd)$(Rev:.r)
      appendCommitMessageToRunName: false
      strategy: { matrix: { linux: { os: l }, mac: { os: m } }, maxParallel: 1 }
      timeoutInMinutes: 10
      cancelTimeoutInMinutes: 1
      continueOnError: true
      steps: [{ script: make }]`,
      `
      name $(Date:yyyyMMdd)$(Rev:.r)
      job Job continueOnError timeout 10 cancelTimeout 1
        leg linux (os=l)
        leg mac (os=m)
        checkout self
        script make`,
    ],
    [
      'a release train',
      `
      stages:
      - stage: Build
        jobs:
        - job: Package
          steps: [{ script: npm ci }, { publish: dist, artifact: web }]
      - stage: Test
        dependsOn: Build
        jobs:
        - deployment: Deploy
          environment: test
          strategy: { runOnce: { deploy: { steps: [{ script: ./deploy.sh }] } } }
      - stage: Production
        dependsOn: Test
        condition: and(succeeded('Test'), startsWith(variables['Build.SourceBranch'], 'refs/heads/release/'))
        jobs:
        - deployment: Deploy
          environment: production
          strategy: { runOnce: { deploy: { steps: [{ script: ./deploy.sh }] } } }`,
      `
      stage Build
        job Package
          checkout self
          script npm ci
          publish dist as web
      stage Test after Build
        deployment Deploy to test
          download current
          script ./deploy.sh
      stage Production after Test if and(succeeded('Test'), startswith(variables['Build.SourceBranch'], 'refs/heads/release/'))
        deployment Deploy to production
          download current
          script ./deploy.sh`,
    ],
    [
      'that depend on each other',
      `
      stages:
      - stage: A
        dependsOn: B
        ${job}
      - stage: B
        ${job}`,
      ["@2:3: the stage 'A' depends on itself, through others or directly"],
    ],
    [
      'that depend on nothing there is',
      `stages: [{ stage: A, dependsOn: Biuld, ${job} }]`,
      ["@1:10: the stage 'A' depends on 'Biuld', which does not exist"],
    ],
    ['without jobs', `stages: [{ stage: A, jobs: [] }]`, ["@1:10: the stage 'A' has no jobs"]],
  ],
};
