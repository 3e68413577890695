import { pages, type PlanTable } from './plans';

const one = 'strategy: { runOnce: { deploy: { steps: [{ script: d }] } } }';

export const deployments: PlanTable = {
  subject: 'deployments',
  sources: pages(
    'process/deployment-jobs',
    'yaml-schema/jobs-deployment',
    'yaml-schema/jobs-deployment-environment',
    'process/environments',
  ),
  cases: [
    [
      'once',
      `jobs: [{ deployment: D, environment: prod, ${one} }]`,
      `
      deployment D to prod
        download current
        script d`,
    ],
    [
      'with a checkout',
      `jobs: [{ deployment: D, environment: prod, strategy: { runOnce: { deploy: { steps: [{ checkout: self }, { script: d }] } } } }]`,
      `
      deployment D to prod
        download current
        checkout self
        script d`,
    ],
    [
      'without artifacts',
      `jobs: [{ deployment: D, environment: prod, strategy: { runOnce: { deploy: { steps: [{ download: none }, { script: d }] } } } }]`,
      `
      deployment D to prod
        download none
        script d`,
    ],
    [
      'with chosen artifacts',
      `jobs: [{ deployment: D, environment: prod, strategy: { runOnce: { deploy: { steps: [{ download: current, artifact: web }, { script: d }] } } } }]`,
      `
      deployment D to prod
        download current/web
        script d`,
    ],
    [
      'to a resource by its short name',
      `jobs: [{ deployment: D, environment: prod.bookings, ${one} }]`,
      `
      deployment D to prod.bookings
        download current
        script d`,
    ],
    [
      'to a resource by a mapping',
      `jobs: [{ deployment: D, environment: { name: prod, resourceName: vm1, resourceType: VirtualMachine, tags: 'web,west' }, ${one} }]`,
      `
      deployment D to prod.vm1
        download current
        script d`,
    ],
    [
      'to any machine of a type',
      `jobs: [{ deployment: D, environment: { name: prod, resourceType: virtualMachine }, ${one} }]`,
      `
      deployment D to prod
        download current
        script d`,
    ],
    [
      'to an environment of a parameter',
      `
      parameters: [{ name: env, default: test }]
      jobs:
      - deployment: Deploy_\${{ parameters.env }}
        displayName: To \${{ parameters.env }}
        environment: \${{ parameters.env }}
        ${one}`,
      `
      deployment Deploy_test to test "To test"
        download current
        script d`,
    ],
    [
      'after others, under a condition',
      `
      jobs:
      - job: Build
        steps: [{ script: b }]
      - deployment: D
        dependsOn: Build
        condition: and(succeeded(), ne(variables['Build.Reason'], 'PullRequest'))
        timeoutInMinutes: 120
        cancelTimeoutInMinutes: 10
        continueOnError: true
        variables: { a: 1 }
        pool: { name: Deploy }
        workspace: { clean: all }
        environment: prod
        ${one}`,
      `
      job Build
        checkout self
        script b
      deployment D to prod after Build if and(succeeded(), ne(variables['Build.Reason'], 'PullRequest')) continueOnError timeout 120 cancelTimeout 10
        var a=1
        download current
        script d`,
    ],
    [
      'with every hook',
      `
      jobs:
      - deployment: D
        environment: prod
        strategy:
          runOnce:
            preDeploy: { pool: server, steps: [{ task: InvokeRESTAPI@1 }] }
            deploy: { pool: { name: X }, steps: [{ script: d }] }
            routeTraffic: { steps: [{ script: r }] }
            postRouteTraffic: { steps: [{ script: p }] }
            on:
              failure: { steps: [{ script: f }] }
              success: { steps: [{ script: s }] }`,
      `
      deployment D to prod
        hook preDeploy
          task InvokeRESTAPI@1
        hook deploy
          download current
          script d
        hook routeTraffic
          script r
        hook postRouteTraffic
          script p
        hook on_success
          script s
        hook on_failure
          script f`,
    ],
    [
      'with a hook after a failure',
      `
      jobs:
      - deployment: D
        environment: prod
        strategy:
          runOnce:
            deploy: { steps: [{ script: d }] }
            on: { failure: { steps: [{ script: rollback }] } }`,
      `
      deployment D to prod
        hook deploy
          download current
          script d
        hook on_failure
          script rollback`,
    ],
    [
      'canary',
      `
      jobs:
      - deployment:
        environment: smarthotel-dev.bookings
        pool: { name: smarthotel-devPool }
        strategy:
          canary:
            increments: [10, 20]
            preDeploy: { steps: [{ script: initialize }] }
            deploy:
              steps:
              - task: KubernetesManifest@0
                inputs: { action: $(strategy.action), strategy: $(strategy.name), percentage: $(strategy.increment) }
            postRouteTraffic: { pool: server, steps: [{ script: monitor }] }
            on:
              failure: { steps: [{ script: clean }] }
              success: { steps: [{ script: notify }] }`,
      `
      deployment Job1 to smarthotel-dev.bookings
        hook preDeploy
          script initialize
        hook deploy_10
          download current
          task KubernetesManifest@0 (action=$(strategy.action), strategy=$(strategy.name), percentage=$(strategy.increment))
        hook postRouteTraffic_10
          script monitor
        hook deploy_20
          download current
          task KubernetesManifest@0 (action=$(strategy.action), strategy=$(strategy.name), percentage=$(strategy.increment))
        hook postRouteTraffic_20
          script monitor
        hook on_success
          script notify
        hook on_failure
          script clean`,
    ],
    [
      'canary without increments',
      `jobs: [{ deployment: D, environment: e, strategy: { canary: { deploy: { steps: [{ script: d }] } } } }]`,
      `
      deployment D to e
        download current
        script d`,
    ],
    [
      'rolling',
      `
      jobs:
      - deployment: VMDeploy
        displayName: web
        environment: { name: smarthotel-dev, resourceType: VirtualMachine }
        strategy:
          rolling:
            maxParallel: 50%
            preDeploy: { steps: [{ download: current, artifact: drop }, { script: initialize }] }
            deploy: { steps: [{ task: IISWebAppDeploymentOnMachineGroup@0, displayName: Deploy }] }
            routeTraffic: { steps: [{ script: route }] }
            on: { success: { steps: [{ script: notify }] } }`,
      `
      deployment VMDeploy to smarthotel-dev "web"
        hook preDeploy
          download current/drop
          script initialize
        hook deploy
          download current
          task IISWebAppDeploymentOnMachineGroup@0 "Deploy"
        hook routeTraffic
          script route
        hook on_success
          script notify`,
    ],
    [
      'whose outputs others use',
      `
      jobs:
      - deployment: A
        environment: staging
        strategy: { runOnce: { deploy: { steps: [{ bash: x, name: set }] } } }
      - job: B
        dependsOn: A
        variables: { v: "$[ dependencies.A.outputs['A.set.v'] ]" }
        steps: [{ script: echo $(v) }]`,
      `
      deployment A to staging
        download current
        bash x #set
      job B after A
        var v=$[ dependencies['A']['outputs']['A.set.v'] ]
        checkout self
        script echo $(v)`,
    ],
    [
      'with steps of a template',
      `
      jobs:
      - deployment: D
        environment: e
        strategy: { runOnce: { deploy: { steps: [{ template: d.yml, parameters: { slot: blue } }] } } }`,
      `
      deployment D to e
        download current
        script to blue`,
      { files: { 'd.yml': "parameters: [{ name: slot }]\nsteps: [{ script: 'to ${{ parameters.slot }}' }]" } },
    ],
    [
      'with artifacts of other pipelines',
      `
      resources: { pipelines: [{ pipeline: ci, source: Build, trigger: true }, { pipeline: data, source: Data }] }
      jobs: [{ deployment: D, environment: e, ${one} }]`,
      `
      deployment D to e
        download current
        download ci
        download data
        script d`,
    ],
    [
      'in a container',
      `jobs: [{ deployment: D, container: 'img:1', environment: e, ${one} }]`,
      `
      deployment D to e in the container 'img:1'
        download current
        script d`,
    ],
    [
      'for each environment',
      `
      parameters: [{ name: envs, type: object, default: [test, prod] }]
      jobs:
      - \${{ each env in parameters.envs }}:
        - deployment: \${{ env }}
          environment: app-\${{ env }}
          ${one}`,
      `
      deployment test to app-test
        download current
        script d
      deployment prod to app-prod
        download current
        script d`,
    ],
    ['without a strategy', 'jobs: [{ deployment: D, environment: e }]', ["@1:8: a deployment job needs a 'strategy'"]],
    [
      'with steps outside of a strategy',
      `jobs: [{ deployment: D, environment: e, steps: [{ script: x }], ${one} }]`,
      ["@1:41: 'steps' is not allowed in a deployment job"],
    ],
  ],
};
