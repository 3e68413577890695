import assert from 'node:assert/strict';
import { expandMacros } from '../../../sandbox/agent/variables/expandMacros';
import { Variables, environmentName } from '../../../sandbox/agent/variables/variables';
import { useFixture } from './pipelineFixture';

describe('A macro', () => {
  const values: Readonly<Record<string, string>> = { a: 'A', 'b.c': 'BC', empty: '', odd: '$(a)' };
  const table: readonly (readonly [string, string])[] = [
    ['$(a)', 'A'],
    ['x$(a)y$(b.c)z', 'xAyBCz'],
    ['$(empty)', ''],
    ['$(none)', '$(none)'],
    ['$(none) $(a)', '$(none) A'],
    ['$(none$(a))', '$(noneA)'],
    ['$(pwd) $(a', '$(pwd) $(a'],
    ['$(odd)', '$(a)'],
    ['$()', '$()'],
    ['$$(a)', '$A'],
  ];
  for (const [text, expected] of table) {
    it(`${text} becomes ${expected || 'nothing'}`, () =>
      assert.equal(
        expandMacros(text, (name) => values[name]),
        expected,
      ));
  }
});

describe('Variables of a job', () => {
  it('may reference each other, in any order and case, except in a circle', () => {
    const variables = new Variables([
      ['a', { value: '$(B)-$(missing)' }],
      ['b', { value: '$(c)!' }],
      ['c', { value: 'C' }],
      ['loop', { value: '<$(Pool)>' }],
      ['pool', { value: '[$(loop)]' }],
    ]);
    assert.equal(variables.get('A'), 'C!-$(missing)');
    assert.equal(variables.get('loop'), '<$(Pool)>');
    variables.set('C', { value: 'changed' });
    assert.equal(variables.expand('$(c) $(a)'), 'changed C!-$(missing)');
    variables.expandAll();
    assert.equal(variables.expand('$(a)'), 'changed!-$(missing)');
  });

  it('become environment variables in upper case, dots and spaces as underscores', () => {
    assert.equal(environmentName('Build.Source branch-x'), 'BUILD_SOURCE_BRANCH-X');
  });
});

describe('Variables of a pipeline', () => {
  const fixture = useFixture();

  it('apply at their level; the nearest one overrides the others and those set at queue time', async () => {
    const { lines } = await fixture().run(
      `
variables: { level: root, root: R, over: file }
stages:
- stage: S
  variables: { level: stage, stage: S }
  jobs:
  - job: J
    variables: { level: job }
    steps:
    - bash: echo "1 $(level) $(root) $(stage) $(over) $(queued)"
  - job: K
    steps:
    - bash: echo "2 $(level) $(root) $(stage)"
- stage: T
  jobs:
  - job: J
    steps:
    - bash: echo '3 $(level) $(root) $(stage)'
`,
      { variables: { over: 'queue', queued: 'Q' } },
    );
    assert.deepEqual(
      lines.filter((line) => /^\d/.test(line)),
      ['1 job R S file Q', '2 stage R S', '3 root R $(stage)'],
    );
  });

  it('can be runtime expressions, evaluated when the job starts', async () => {
    const { lines } = await fixture().run(`
variables:
- name: a
  value: 1
- name: b
  value: $[ eq(variables.a, 1) ]
- name: c
  value: $[ format('{0}-{1}', variables.b, counter('x', 100)) ]
steps:
- bash: echo '$(a) $(b) $(c) $[ variables.a ]'
`);
    assert.ok(lines.includes('1 True True-100 $[ variables.a ]'), lines.join('\n'));
  });

  it('can be in groups that are passed to the run, with secrets masked', async () => {
    const { lines } = await fixture().run(
      'variables:\n- group: keys\nsteps:\n- bash: echo "$(plain) $(key) [$KEY]"\n',
      {
        variableGroups: { Keys: { plain: 'p', key: { secret: 'group-secret' } } },
      },
    );
    assert.ok(lines.includes('p *** []'), lines.join('\n'));
  });

  it('are set by a step for later steps of the same job', async () => {
    const { lines } = await fixture().run(`
jobs:
- job: A
  steps:
  - bash: |
      echo "##vso[task.setvariable variable=My.Name]one"
      echo "##vso[task.setvariable variable=out;isOutput=true]two"
      echo "##vso[task.setvariable variable=sec;isSecret=true]three-secret"
      echo 'now $(My.Name)'
    name: first
  - bash: echo "later $(my.name) $MY_NAME $(first.out) $FIRST_OUT" '$(out)' "$(sec) [$SEC] [$SECRET_SEC] $MAPPED"
    env: { MAPPED: 'm-$(sec)' }
- job: B
  steps:
  - bash: echo 'other $(my.name) $(first.out)'
`);
    assert.deepEqual(
      lines.filter((line) => /^(now|later|other)/.test(line)),
      ['now $(My.Name)', 'later one one two two $(out) *** [] [] m-***', 'other $(my.name) $(first.out)'],
    );
  });

  it('refer to the status of the job as it is at the start of each step', async () => {
    const { lines } = await fixture().run(`
variables: { status: is $(Agent.JobStatus) }
steps:
- checkout: none
- bash: echo '1 $(status)'
- bash: exit 1
  continueOnError: true
- bash: echo "2 $STATUS"
`);
    assert.deepEqual(
      lines.filter((line) => /^\d/.test(line)),
      ['1 is Succeeded', '2 is SucceededWithIssues'],
    );
  });

  it('cannot be set when they are read-only', async () => {
    const { steps } = await fixture().run(`
variables:
- name: fixed
  value: x
  readonly: true
steps:
- bash: echo "##vso[task.setvariable variable=fixed]y"
  name: own
  continueOnError: true
- bash: echo "##vso[task.setvariable variable=Build.BuildId]y"
  name: system
  continueOnError: true
- bash: '[ "$(fixed)" = x ]'
  name: check
`);
    assert.deepEqual(steps.get('own')?.issues, [
      { type: 'error', message: "Unable to process '##vso[task.setvariable]': the variable 'fixed' is read-only" },
    ]);
    assert.equal(steps.get('system')?.result, 'SucceededWithIssues');
    assert.equal(steps.get('check')?.result, 'Succeeded');
  });

  it('contain the build number with the date, and can override predefined variables', async () => {
    const { report, lines } = await fixture().run(
      'name: $(Build.SourceBranchName)-$(BuildDefinitionName)-$(x)_$(Date:yyyyMMdd)$(Rev:.rr)\nvariables: { x: X }\nsteps:\n- bash: echo "n $(Build.BuildNumber) $(Build.SourceBranch)"\n',
      { predefined: { 'Build.SourceBranch': 'refs/heads/topic' } },
    );
    assert.equal(report.buildNumber, 'topic-pipeline-X_20240102.01');
    assert.ok(lines.includes('n topic-pipeline-X_20240102.01 refs/heads/topic'));
  });
});
