import { pages, type PlanTable } from './plans';

export const jobs: PlanTable = {
  subject: 'jobs',
  sources: pages('yaml-schema/jobs-job', 'yaml-schema/jobs-job-strategy', 'process/phases', 'process/container-phases'),
  cases: [
    [
      'side by side',
      `jobs: [{ job: A, steps: [{ script: a }] }, { job: B, steps: [{ script: b }] }]`,
      `
      job A
        checkout self
        script a
      job B
        checkout self
        script b`,
    ],
    [
      'one after another',
      `jobs: [{ job: A, steps: [{ script: a }] }, { job: B, dependsOn: A, steps: [{ script: b }] }]`,
      `
      job A
        checkout self
        script a
      job B after A
        checkout self
        script b`,
    ],
    [
      'after several, in any case',
      `
      jobs:
      - job: A
        steps: [{ script: a }]
      - job: B
        steps: [{ script: b }]
      - job: Clean
        displayName: Clean up
        dependsOn:
        - A
        - B
        condition: always()
        steps: [{ script: c }]`,
      `
      job A
        checkout self
        script a
      job B
        checkout self
        script b
      job Clean "Clean up" after A, B if always()
        checkout self
        script c`,
    ],
    [
      'with limits',
      `jobs: [{ job: A, timeoutInMinutes: 0, cancelTimeoutInMinutes: 2, continueOnError: true, steps: [{ script: a }] }]`,
      `
      job A continueOnError timeout 0 cancelTimeout 2
        checkout self
        script a`,
    ],
    [
      'with pools, demands and workspaces',
      `
      jobs:
      - job: A
        pool: { name: Private, demands: 'java' }
        workspace: { clean: all }
        uses: { repositories: [tools], pools: [Other] }
        steps: [{ script: a }]
      - job: B
        pool: { vmImage: windows-2022 }
        steps: [{ powershell: b }]`,
      `
      job A
        checkout self
        script a
      job B
        checkout self
        powershell b`,
    ],
    [
      'a matrix of systems',
      `
      jobs:
      - job: Test
        strategy:
          matrix:
            Linux: { imageName: ubuntu-22.04 }
            Mac: { imageName: macOS-14 }
            Windows: { imageName: windows-2022 }
          maxParallel: 2
        pool: { vmImage: $(imageName) }
        steps: [{ script: npm test }]`,
      `
      job Test
        leg Linux (imageName=ubuntu-22.04)
        leg Mac (imageName=macOS-14)
        leg Windows (imageName=windows-2022)
        checkout self
        script npm test`,
    ],
    [
      'a matrix of versions',
      `
      jobs:
      - job: Test
        displayName: Python
        strategy:
          matrix:
            Python310:
              python.version: '3.10'
            Python312:
              python.version: '3.12'
              extra: "yes"
        steps:
        - task: UsePythonVersion@0
          inputs: { versionSpec: $(python.version) }
        - script: pytest`,
      `
      job Test "Python"
        leg Python310 (python.version=3.10)
        leg Python312 (python.version=3.12, extra=yes)
        checkout self
        task UsePythonVersion@0 (versionSpec=$(python.version))
        script pytest`,
    ],
    [
      'a matrix that an earlier job makes',
      `
      jobs:
      - job: Find
        steps: [{ bash: ./legs.sh, name: legs }]
      - job: Use
        dependsOn: Find
        strategy:
          matrix: $[ dependencies.Find.outputs['legs.json'] ]
        steps: [{ script: echo $(leg) }]`,
      `
      job Find
        checkout self
        bash ./legs.sh #legs
      job Use after Find matrix $[ dependencies['Find']['outputs']['legs.json'] ]
        checkout self
        script echo $(leg)`,
    ],
    [
      'slices',
      `jobs: [{ job: Test, strategy: { parallel: 2 }, steps: [{ script: test $(System.JobPositionInPhase) }] }]`,
      `
      job Test
        leg Job1
        leg Job2
        checkout self
        script test $(System.JobPositionInPhase)`,
    ],
    [
      'that need outputs of others',
      `
      jobs:
      - job: A
        steps:
        - bash: echo "##vso[task.setvariable variable=tag;isOutput=true]v1"
          name: set
      - job: B
        dependsOn: A
        variables:
          tag: $[ dependencies.A.outputs['set.tag'] ]
        condition: ne(dependencies.A.outputs['set.tag'], '')
        steps: [{ script: echo $(tag) }]`,
      `
      job A
        checkout self
        bash echo "##vso[task.setvariable variable=tag;isOutput=true]v1" #set
      job B after A if ne(dependencies['A']['outputs']['set.tag'], '')
        var tag=$[ dependencies['A']['outputs']['set.tag'] ]
        checkout self
        script echo $(tag)`,
    ],
    [
      'that need outputs of earlier stages',
      `
      stages:
      - stage: S
        jobs: [{ job: A, steps: [{ bash: x, name: set }] }]
      - stage: T
        jobs:
        - job: B
          variables: { tag: "$[ stageDependencies.S.A.outputs['set.tag'] ]" }
          steps: [{ script: echo $(tag) }]`,
      `
      stage S
        job A
          checkout self
          bash x #set
      stage T after S
        job B
          var tag=$[ stageDependencies['S']['A']['outputs']['set.tag'] ]
          checkout self
          script echo $(tag)`,
    ],
    [
      'in a container by its image',
      `jobs: [{ job: A, container: 'python:3.12', steps: [{ script: pytest }] }]`,
      `
      job A in the container 'python:3.12'
        checkout self
        script pytest`,
    ],
    [
      'in a container of a matrix',
      `
      jobs:
      - job: A
        container: $[ variables['image'] ]
        strategy: { matrix: { u20: { image: 'ubuntu:20.04' } } }
        steps: [{ script: make }]`,
      `
      job A in the container '$[ variables['image'] ]'
        leg u20 (image=ubuntu:20.04)
        checkout self
        script make`,
    ],
    [
      'in a container with options',
      `
      jobs:
      - job: A
        container:
          image: contoso.azurecr.io/build:1
          endpoint: registry
          options: --hostname build --ip 192.168.0.1
          env: { A: b }
          ports: ['8080:80', 6379]
          volumes: [/data]
          mountReadOnly: { work: true }
          mapDockerSocket: false
        steps: [{ script: make }]`,
      `
      job A in the container 'contoso.azurecr.io/build:1'
        checkout self
        script make`,
    ],
    [
      'with services',
      `
      resources:
        containers: [{ container: pg, image: 'postgres:16', env: { POSTGRES_PASSWORD: x }, ports: ['5432:5432'] }]
      jobs:
      - job: A
        services: { postgres: pg }
        steps: [{ script: npm run it }]`,
      `
      job A with the service containers postgres
        checkout self
        script npm run it`,
    ],
    [
      'on the service',
      `
      jobs:
      - job: Wait
        pool: server
        timeoutInMinutes: 4320
        steps:
        - task: ManualValidation@1
          timeoutInMinutes: 1440
          inputs: { notifyUsers: a@example.test, onTimeout: reject }`,
      `
      job Wait timeout 4320
        task ManualValidation@1 (notifyUsers=a@example.test, onTimeout=reject) timeout 1440`,
    ],
    [
      'with variables of their own',
      `
      variables: { level: root }
      jobs:
      - job: A
        variables: { level: job }
        steps: [{ script: echo $(level) }]`,
      `
      var level=root
      job A
        var level=job
        checkout self
        script echo $(level)`,
    ],
    [
      'that share a context with templates',
      `jobs: [{ job: A, templateContext: { sign: true, outputs: [x] }, steps: [{ script: a }] }]`,
      `
      job A
        checkout self
        script a`,
    ],
    [
      'without names',
      `
      jobs:
      - job:
        steps: [{ script: a }]
      - job:
        dependsOn: []
        steps: [{ script: b }]`,
      `
      job Job1
        checkout self
        script a
      job Job2
        checkout self
        script b`,
    ],
    [
      'two of one name',
      `jobs: [{ job: A, steps: [{ script: a }] }, { job: a, steps: [{ script: b }] }]`,
      ["@1:44: there are two jobs named 'a'"],
    ],
    [
      'with a step where a job must be',
      `jobs: [{ script: a }]`,
      [
        "@1:8: a job starts with 'job' or 'deployment'",
        '@1:8: a job has no steps',
        "@1:10: 'script' is not allowed in a job",
      ],
    ],
  ],
};
