import assert from 'node:assert/strict';
import { useFixture } from '../pipelineFixture';

const output = (name: string, value: string): string =>
  `{ bash: 'echo "##vso[task.setvariable variable=x;isOutput=true]${value}"', name: ${name} }`;

describe('The strategy of a job', () => {
  const fixture = useFixture();

  it('slices it', async () => {
    const { lines, jobs } = await fixture().run(`
jobs:
- job: A
  strategy: { parallel: 3, maxParallel: 2 }
  steps: [{ checkout: none }, { bash: echo $(System.JobPositionInPhase) of $(System.TotalJobsInPhase) }]
`);
    assert.deepEqual(lines, ['1 of 3', '2 of 3', '3 of 3']);
    assert.deepEqual([...jobs.keys()], ['A.Job1', 'A.Job2', 'A.Job3']);
  });

  it('is a matrix of an earlier job', async () => {
    const { lines, jobs } = await fixture().run(`
jobs:
- job: Make
  steps: [{ checkout: none }, { bash: 'echo "##vso[task.setvariable variable=legs;isOutput=true]{\\"a\\":{\\"v\\":1},\\"b\\":{\\"v\\":2}}"', name: m }]
- job: Use
  dependsOn: Make
  strategy: { matrix: "$[ dependencies.Make.outputs['m.legs'] ]" }
  steps: [{ checkout: none }, { bash: echo $(v) }]
- job: Wrong
  dependsOn: Make
  strategy: { matrix: "$[ variables['System.StageName'] ]" }
  steps: [{ bash: echo never }]
`);
    assert.deepEqual(lines.slice(-2), ['1', '2']);
    assert.deepEqual([...jobs.keys()], ['Make', 'Use.a', 'Use.b', 'Wrong']);
    assert.deepEqual(jobs.get('Wrong')?.notes, [
      `Not run: pipeline.yml:9:3: the matrix has no value: the matrix must be JSON such as {"leg": {"variable": "value"}}, not '__default'`,
    ]);
  });
});

describe('The strategy of a deployment', () => {
  const fixture = useFixture();
  const say = (hook: string): string =>
    `${hook}: { steps: [{ bash: 'echo ${hook} $(Strategy.Name) $(Strategy.CycleName)' }] }`;
  const runOnce = (deploy: string, rest = ''): string => `
jobs:
- deployment: D
  environment: prod.web
  ${rest}
  strategy:
    runOnce:
      ${say('preDeploy')}
      deploy: { steps: [{ bash: '${deploy}' }] }
      ${say('routeTraffic')}
      ${say('postRouteTraffic')}
      on:
        ${say('success')}
        ${say('failure')}
`;

  it('runs all hooks in order, then the one for success', async () => {
    const { lines, report, jobs } = await fixture().run(
      runOnce('echo deploy $(Environment.Name) $(Environment.ResourceName)'),
    );
    assert.deepEqual(lines, [
      'preDeploy runOnce PreIteration',
      'deploy prod web',
      'routeTraffic runOnce Iteration',
      'postRouteTraffic runOnce Iteration',
      'success runOnce PostIteration',
    ]);
    assert.deepEqual(
      [...jobs.keys()],
      ['D.preDeploy', 'D.deploy', 'D.routeTraffic', 'D.postRouteTraffic', 'D.on_success'],
    );
    assert.deepEqual(jobs.get('D.preDeploy')?.notes, [
      "Approval of environment 'prod' would be asked here.",
      "The tasks are not given the connection of its resource 'web'.",
    ]);
    assert.equal(report.result, 'Succeeded');
  });

  for (const [rest, result] of [
    ['', 'Failed'],
    ['continueOnError: true', 'SucceededWithIssues'],
  ] as const) {
    it(`runs the one for failure instead of the rest, and is then ${result}`, async () => {
      const { lines, report } = await fixture().run(runOnce('exit 1', rest));
      const said = lines.filter((line) => !line.startsWith('##[error]'));
      assert.deepEqual(said, ['preDeploy runOnce PreIteration', 'failure runOnce PostIteration']);
      assert.equal(report.result, result);
    });
  }

  it('repeats a canary for each increment, and says what is to be done', async () => {
    const { lines } = await fixture().run(`
jobs:
- deployment: D
  environment: prod
  strategy:
    canary:
      increments: [10, 20]
      preDeploy: { steps: [{ bash: echo pre $(strategy.action) }] }
      deploy: { steps: [{ bash: echo deploy $(strategy.increment) $(strategy.action) }, ${output('s', '$(strategy.increment)')}] }
      postRouteTraffic: { steps: [{ bash: echo post $(strategy.increment) }] }
      on: { success: { steps: [{ bash: echo end $(strategy.action) }] } }
- job: After
  dependsOn: D
  variables: { x: "$[ dependencies.D.outputs['deploy_20.s.x'] ]" }
  steps: [{ checkout: none }, { bash: echo $(x) }]
`);
    assert.deepEqual(lines, [
      'pre deploy',
      'deploy 10 deploy',
      'post 10',
      'deploy 20 deploy',
      'post 20',
      'end promote',
      '20',
    ]);
  });

  it('runs a rolling deployment once', async () => {
    const { lines } = await fixture().run(`
jobs:
- deployment: D
  environment: { name: prod, resourceType: VirtualMachine, resourceName: vm1, tags: 'a,b' }
  strategy: { rolling: { maxParallel: 50%, deploy: { steps: [${output('s', 'y')}, { bash: echo $(Strategy.Name) }] } } }
- job: After
  dependsOn: D
  variables: { x: "$[ dependencies.D.outputs['deploy_vm1.s.x'] ]" }
  steps: [{ checkout: none }, { bash: echo $(x) }]
`);
    assert.deepEqual(lines, ['rolling', 'y']);
  });

  it('gives outputs under the name of the job, of the hook, and of the hook with its resource', async () => {
    const { lines } = await fixture().run(`
jobs:
- deployment: D
  environment: prod.vm1
  strategy: { runOnce: { deploy: { steps: [${output('s', 'y')}] } } }
- job: After
  dependsOn: D
  variables:
    a: $[ dependencies.D.outputs['D.s.x'] ]
    b: $[ dependencies.D.outputs['Deploy.s.x'] ]
    c: $[ dependencies.D.outputs['Deploy_vm1.s.x'] ]
  steps: [{ checkout: none }, { bash: echo $(a) $(b) $(c) }]
`);
    assert.deepEqual(lines, ['y y y']);
  });

  it('does not check out for a job of the service', async () => {
    const { report } = await fixture().run(
      'jobs:\n- job: Wait\n  pool: server\n  steps: [{ task: Delay@1, inputs: { delayForMinutes: 5 } }]\n',
    );
    assert.deepEqual(
      report.stages[0]?.jobs[0]?.steps.map(({ displayName, result }) => [displayName, result]),
      [['Delay', 'Skipped']],
    );
  });
});
