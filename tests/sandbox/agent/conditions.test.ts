import assert from 'node:assert/strict';
import { useFixture } from './pipelineFixture';

describe('Conditions', () => {
  const fixture = useFixture();

  /** The results of the jobs, by name. */
  async function jobResults(yaml: string): Promise<Record<string, string>> {
    const { jobs } = await fixture().run(yaml);
    return Object.fromEntries([...jobs].map(([name, { result }]) => [name, result]));
  }

  /** A job that ends as its script does, without sources. */
  const job = (name: string, script: string, ...fields: readonly string[]): string =>
    [
      `- job: ${name}`,
      ...fields.map((field) => `  ${field}`),
      '  steps:',
      '  - checkout: none',
      `  - bash: ${script}`,
      '    name: s',
      '',
    ].join('\n');

  it('of steps depend on the status of the job', async () => {
    const { steps, report } = await fixture().run(`
steps:
- bash: exit 1
  name: tolerated
  continueOnError: true
- { bash: 'true', name: afterIssues }
- { bash: 'true', name: notYetFailed, condition: failed() }
- { bash: 'exit 2', name: failing }
- { bash: 'true', name: normal }
- { bash: 'true', name: onFailure, condition: failed() }
- { bash: 'true', name: either, condition: succeededOrFailed() }
- { bash: 'true', name: always, condition: always() }
- { bash: 'true', name: onCancel, condition: canceled() }
- { bash: 'true', name: custom, condition: "and(failed(), eq(variables['Agent.JobStatus'], 'failed'))" }
- { bash: 'true', name: disabled, condition: always(), enabled: false }
`);
    const results = Object.fromEntries(
      [
        'tolerated',
        'afterIssues',
        'notYetFailed',
        'failing',
        'normal',
        'onFailure',
        'either',
        'always',
        'onCancel',
        'custom',
        'disabled',
      ].map((name) => [name, steps.get(name)?.result]),
    );
    assert.deepEqual(results, {
      tolerated: 'SucceededWithIssues',
      afterIssues: 'Succeeded',
      notYetFailed: 'Skipped',
      failing: 'Failed',
      normal: 'Skipped',
      onFailure: 'Succeeded',
      either: 'Succeeded',
      always: 'Succeeded',
      onCancel: 'Skipped',
      custom: 'Succeeded',
      disabled: 'Skipped',
    });
    assert.equal(report.result, 'Failed');
    assert.deepEqual(steps.get('normal')?.notes, ['Skipped: its condition is not met.']);
    assert.deepEqual(steps.get('disabled')?.notes, ['Skipped: the step is not enabled.']);
  });

  it('of jobs depend on all earlier jobs', async () => {
    const yaml = `jobs:\n${[
      job('good', 'true'),
      job('bad', 'exit 1'),
      job('afterGood', 'true', 'dependsOn: good'),
      job('afterBad', 'true', 'dependsOn: bad'),
      job('onBad', 'true', 'dependsOn: [good, bad]', 'condition: failed()'),
      job('onNamed', 'true', 'dependsOn: [good, bad]', "condition: and(succeeded('good'), failed('bad'))"),
      job('anyway', 'true', 'dependsOn: bad', 'condition: succeededOrFailed()'),
      job('furtherOn', 'true', 'dependsOn: anyway'),
      job('afterSkipped', 'true', 'dependsOn: afterBad'),
      job('sees', 'true', 'dependsOn: [bad, afterBad]', "condition: eq(dependencies.afterBad.result, 'Skipped')"),
      job('never', 'true', 'condition: false'),
      job('tolerated', 'exit 1', 'continueOnError: true'),
      job('afterTolerated', 'true', 'dependsOn: tolerated'),
    ].join('')}`;
    assert.deepEqual(await jobResults(yaml), {
      good: 'Succeeded',
      bad: 'Failed',
      afterGood: 'Succeeded',
      afterBad: 'Skipped',
      onBad: 'Succeeded',
      onNamed: 'Succeeded',
      anyway: 'Succeeded',
      furtherOn: 'Skipped',
      afterSkipped: 'Skipped',
      sees: 'Succeeded',
      never: 'Skipped',
      tolerated: 'SucceededWithIssues',
      afterTolerated: 'Succeeded',
    });
  });

  it('are evaluated in the order of dependencies, not in the order of the file', async () => {
    const { jobs } = await fixture().run(
      `jobs:\n${job('C', 'true', 'dependsOn: B')}${job('B', 'true', 'dependsOn: A')}${job('A', 'true')}`,
    );
    assert.deepEqual([...jobs.keys()], ['A', 'B', 'C']);
  });

  it('of stages depend on the previous stage by default', async () => {
    const stage = (name: string, script: string, rest = ''): string =>
      `- stage: ${name}\n${rest}  jobs:\n${job('J', script).replaceAll(/^/gm, '  ').trimEnd()}\n`;
    const { report } = await fixture().run(
      `stages:\n${stage('A', 'true')}${stage('B', 'exit 1')}${stage('C', 'true')}${stage('D', 'true', '  dependsOn: []\n')}${stage('E', 'true', "  dependsOn: [B]\n  condition: eq(dependencies.B.result, 'Failed')\n")}${stage('F', 'true', "  dependsOn: [A, B]\n  condition: failed('B')\n")}`,
    );
    assert.deepEqual(Object.fromEntries(report.stages.map(({ name, result }) => [name, result])), {
      A: 'Succeeded',
      B: 'Failed',
      C: 'Skipped',
      D: 'Succeeded',
      E: 'Succeeded',
      F: 'Succeeded',
    });
  });

  it('treat stages that were not selected as succeeded', async () => {
    const stage = (name: string): string =>
      `- stage: ${name}\n  jobs:\n${job('J', 'true').replaceAll(/^/gm, '  ').trimEnd()}\n`;
    const { report } = await fixture().run(`stages:\n${stage('A')}${stage('B')}${stage('C')}`, { targetStages: ['b'] });
    assert.deepEqual(
      report.stages.map(({ name, result, notes }) => [name, result, ...notes]),
      [
        ['A', 'Skipped', 'Skipped: the stage was not selected.'],
        ['B', 'Succeeded'],
        ['C', 'Skipped', 'Skipped: the stage was not selected.'],
      ],
    );
  });

  it('fail the stage, job or step when they or a variable cannot be evaluated', async () => {
    const { report, steps, jobs } = await fixture().run(`
variables: { x: a }
stages:
- stage: A
  condition: gt(5, variables.x)
  jobs: [{ job: J, steps: [{ bash: 'true' }] }]
- stage: B
  dependsOn: []
  jobs:
  - { job: K, condition: 'lt(1, variables.x)', steps: [{ bash: 'true' }] }
  - { job: L, variables: { y: '$[ le(1, variables.x) ]' }, steps: [{ bash: 'true' }] }
  - { job: M, steps: [{ bash: 'true', name: s, condition: 'ge(1, variables.x)' }] }
`);
    const note = 'Not run: pipeline.yml:';
    const problem = "the condition has no value: can't compare a number with a string";
    assert.deepEqual(report.stages[0]?.notes, [`${note}4:3: ${problem}`]);
    assert.deepEqual(jobs.get('K')?.notes, [`${note}10:5: ${problem}`]);
    assert.deepEqual(jobs.get('L')?.notes, [`${note}11:5: ${problem.replace('the condition', 'a variable')}`]);
    assert.deepEqual(steps.get('s')?.notes, [`${note}12:23: ${problem}`]);
    assert.deepEqual(
      [report.stages[0].result, jobs.get('K')?.result, jobs.get('L')?.result, steps.get('s')?.result, report.result],
      Array(5).fill('Failed'),
    );
  });
});

describe('Output variables', () => {
  const fixture = useFixture();
  const set = (value: string): string => `echo "##vso[task.setvariable variable=out;isOutput=true]${value}"`;

  it('are available to dependent jobs of the stage', async () => {
    const { lines, jobs } = await fixture().run(`
jobs:
- job: A
  steps:
  - bash: ${set('one')}
    name: set
- job: B
  dependsOn: A
  condition: eq(dependencies.A.outputs['set.out'], 'one')
  variables: { got: "$[ dependencies.a.outputs['Set.Out'] ]" }
  steps:
  - bash: echo "B got $(got)"
- job: C
  dependsOn: B
  variables: { got: "$[ dependencies.A.outputs['set.out'] ]" }
  steps:
  - bash: echo "C got [$(got)]"
`);
    assert.ok(lines.includes('B got one') && lines.includes('C got []'), lines.join('\n'));
    assert.deepEqual(jobs.get('A')?.outputs, { 'set.out': 'one' });
  });

  it('are available to later stages, their conditions and their jobs', async () => {
    const { lines, report } = await fixture().run(`
stages:
- stage: A
  jobs:
  - job: J
    steps:
    - bash: ${set('one')}
      name: set
- stage: B
  condition: and(succeeded(), eq(dependencies.A.outputs['J.set.out'], 'one'))
  variables: { stageLevel: "$[ stageDependencies.A.J.outputs['set.out'] ]" }
  jobs:
  - job: K
    condition: eq(stageDependencies.A.J.result, 'Succeeded')
    variables: { got: "$[ stageDependencies.A.J.outputs['set.out'] ]" }
    steps:
    - bash: echo "K got $(got) $(stageLevel)"
- stage: C
  condition: eq(stageDependencies.A.outputs['J.set.out'], 'one')
  jobs:
  - job: L
    steps:
    - bash: echo never
`);
    assert.ok(lines.includes('K got one one'), lines.join('\n'));
    assert.equal(report.stages[2]?.result, 'Skipped', 'C depends on B alone');
  });

  it('of a deployment are also available under the name of its job', async () => {
    const { lines, jobs } = await fixture().run(`
stages:
- stage: A
  jobs:
  - deployment: D
    environment: production
    strategy:
      runOnce:
        deploy:
          steps:
          - bash: ${set('$(Environment.Name)')}; ls "$BUILD_SOURCESDIRECTORY"
            name: set
  - job: E
    dependsOn: D
    variables: { got: "$[ dependencies.D.outputs['D.set.out'] ]" }
    steps:
    - bash: echo "E got $(got)"
- stage: B
  condition: eq(dependencies.A.outputs['D.D.set.out'], 'production')
  jobs:
  - job: F
    steps:
    - bash: echo "F ran"
`);
    assert.ok(lines.includes('E got production') && lines.includes('F ran'), lines.join('\n'));
    assert.deepEqual(jobs.get('D')?.notes, ["Approval of environment 'production' would be asked here."]);
    assert.ok(!lines.includes('pipeline.yml'), 'a deployment has no sources unless it asks for them');
  });

  it('of a matrix are also available under the name of its leg', async () => {
    const { lines, jobs } = await fixture().run(`
jobs:
- job: A
  strategy:
    matrix:
      west: { region: w }
      east: { region: e }
    maxParallel: 1
  steps:
  - bash: ${set('$(region)')}
    name: set
- job: B
  dependsOn: A
  variables: { got: "$[ join('+', dependencies.A.outputs.*) ]" , one: "$[ dependencies.A.outputs['east.set.out'] ]" }
  steps:
  - bash: echo "B got $(got) $(one)"
`);
    assert.ok(lines.includes('B got w+e e'), lines.join('\n'));
    assert.deepEqual([...jobs.keys()], ['A.west', 'A.east', 'B']);
  });
});
