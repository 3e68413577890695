import { pages, type PlanTable } from './plans';

const plain = `
      job Job
        checkout self
        script x`;
const steps = 'steps: [{ script: x }]';

export const resources: PlanTable = {
  subject: 'resources',
  sources: pages('process/resources', 'yaml-schema/resources', 'repos/multi-repo-checkout'),
  cases: [
    [
      'a pipeline, with triggers in every form',
      `
      resources:
        pipelines:
        - { pipeline: a, source: A }
        - { pipeline: b, source: B, project: Other, branch: releases/M142, version: '20190718.2', tags: [Production] }
        - { pipeline: c, source: C, trigger: true }
        - { pipeline: d, source: D, trigger: none }
        - pipeline: e
          source: E
          trigger: { enabled: true, branches: { include: [main, releases/*], exclude: [x] }, stages: [Prod], tags: [Verified] }
      ${steps}`,
      plain,
    ],
    [
      'a pipeline whose artifacts are used',
      `
      resources: { pipelines: [{ pipeline: ci, source: CI }] }
      steps: [{ download: ci, artifact: web, patterns: '**/*.zip' }, { script: echo $(resources.pipeline.ci.runName) }]`,
      `
      job Job
        checkout self
        download ci/web **/*.zip
        script echo $(resources.pipeline.ci.runName)`,
    ],
    [
      'a build of another system',
      `
      resources: { builds: [{ build: Spaceworkz, type: Jenkins, connection: MyJenkins, source: Proj, trigger: true }] }
      steps: [{ downloadBuild: Spaceworkz, patterns: '**/*.zip' }]`,
      `
      job Job
        checkout self
        downloadBuild Spaceworkz **/*.zip`,
    ],
    [
      'repositories with triggers',
      `
      resources:
        repositories:
        - repository: tools
          type: git
          name: P/tools
          ref: main
          trigger: { branches: { include: [main, release*] }, paths: { exclude: [docs] } }
        - { repository: more, type: git, name: more, trigger: none }
      ${steps}`,
      plain,
    ],
    [
      'a repository for its variables',
      `
      resources: { repositories: [{ repository: common, type: git, ref: main, name: Repo }] }
      variables: { ref: "$[ resources.repositories.common.ref ]" }
      ${steps}`,
      `
      var ref=$[ resources['repositories']['common']['ref'] ]
      job Job
        checkout self
        script x`,
    ],
    [
      'a container for a job',
      `
      resources:
        containers:
        - container: linux
          image: ubuntu:22.04
          options: --privileged
          env: { A: b }
          endpoint: registry
      container: linux
      ${steps}`,
      plain.replace('job Job', "job Job in the container 'ubuntu:22.04'"),
    ],
    [
      'a container of a registry, with a trigger',
      `
      resources:
        containers:
        - container: app
          type: ACR
          azureSubscription: azure
          resourceGroup: rg
          registry: contoso
          repository: hello
          trigger: { tags: { include: [production*], exclude: [old] } }
        - { container: hub, image: 'org/app', trigger: true }
        - { container: local, image: mine, localImage: true }
      ${steps}`,
      plain,
    ],
    [
      'containers for steps',
      `
      resources: { containers: [{ container: py, image: 'python:3' }] }
      steps: [{ script: x }, { script: y, target: py }, { task: T@1, target: { container: py, commands: restricted } }]`,
      `
      job Job
        checkout self
        script x
        script y in py
        task T@1 in py restricted`,
    ],
    [
      'packages',
      `
      resources: { packages: [{ package: lib, type: npm, connection: gh, name: contoso/lib, version: 1.0.1, trigger: true }] }
      ${steps}`,
      plain,
    ],
    [
      'webhooks with filters',
      `
      resources:
        webhooks:
        - webhook: hook
          connection: incoming
          filters: [{ path: repositoryName, value: maven-releases }]
      ${steps}`,
      plain,
    ],
    ['of the oldest form', 'resources:\n- repo: self\n  clean: true\nsteps: [{ script: x }]', plain],
    [
      'the repository itself',
      `
      resources: { repositories: [{ repository: self, type: git, ref: main }] }
      steps: [{ checkout: self }, { script: x }]`,
      plain,
    ],
    ['nothing', 'resources: {}\nsteps: [{ script: x }]', plain],
    [
      'every kind at once',
      `
      resources:
        pipelines: [{ pipeline: p, source: P }]
        builds: [{ build: b, type: Jenkins, connection: c, source: B }]
        repositories: [{ repository: r, type: git, name: R }]
        containers: [{ container: k, image: i }]
        packages: [{ package: g, type: npm, connection: c, name: n }]
        webhooks: [{ webhook: w, connection: c }]
      ${steps}`,
      plain,
    ],
    [
      'repositories for several checkouts with paths',
      `
      resources:
        repositories:
        - { repository: app, type: github, name: contoso/app, endpoint: gh }
        - { repository: config, type: bitbucket, name: contoso/config, endpoint: bb }
      jobs:
      - job: A
        steps: [{ checkout: app, path: src/app }, { checkout: config, path: src/config, fetchDepth: 1 }]
      - job: B
        steps: [{ checkout: app }]`,
      `
      job A
        checkout app to src/app
        checkout config to src/config
      job B
        checkout app`,
    ],
    [
      'under a condition',
      `
      parameters: [{ name: more, type: boolean, default: false }]
      resources:
        repositories:
        - { repository: a, type: git, name: A }
        - \${{ if parameters.more }}:
          - { repository: b, type: git, name: B }
      ${steps}`,
      plain,
    ],
    [
      'for each of a parameter',
      `
      parameters: [{ name: names, type: object, default: [x, y] }]
      resources:
        repositories:
        - \${{ each name in parameters.names }}:
          - repository: \${{ name }}
            type: git
            name: P/\${{ name }}
      steps:
      - \${{ each name in parameters.names }}:
        - checkout: \${{ name }}`,
      `
      job Job
        checkout x
        checkout y`,
    ],
    [
      'two of one alias',
      'resources: { pipelines: [{ pipeline: a, source: x }, { pipeline: A, source: y }] }\nsteps: [{ script: x }]',
      ["@1:54: there are two pipelines with the alias 'A'"],
    ],
    [
      'of no known kind',
      'resources: { queues: [] }\nsteps: [{ script: x }]',
      ["@1:14: 'queues' is not allowed in 'resources'"],
    ],
    [
      'a pipeline without a source',
      'resources: { pipelines: [{ pipeline: a }] }\nsteps: [{ script: x }]',
      ["@1:26: the pipeline resource 'a' needs a 'source'"],
    ],
    [
      'a container without an image',
      'resources: { containers: [{ container: a }] }\nsteps: [{ script: x }]',
      ["@1:27: the container resource 'a' needs an 'image'"],
    ],
    [
      'a repository on GitHub without a connection',
      'resources: { repositories: [{ repository: a, type: github, name: o/r }] }\nsteps: [{ script: x }]',
      ["@1:29: the repository resource 'a' of type 'github' needs an 'endpoint'"],
    ],
  ],
};
