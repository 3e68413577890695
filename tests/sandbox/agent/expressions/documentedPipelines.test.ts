import assert from 'node:assert/strict';
import { expandPipelineOf } from '../expandPipelineOf';
import { useFixture } from '../pipelineFixture';

/** The pipelines of https://learn.microsoft.com/azure/devops/pipelines/process/expressions, retold. */
describe('The pipelines of the documentation of expressions', () => {
  const fixture = useFixture();
  const expand = expandPipelineOf(fixture);

  const expanded: readonly (readonly [string, string, unknown])[] = [
    [
      'assign a variable by a condition',
      "variables:\n  ${{ if eq(variables['Build.SourceBranchName'], 'main') }}:\n    target: prod\nsteps:\n- script: echo ${{ variables.target }}\n",
      { variables: [{ name: 'target', value: 'prod' }], steps: [{ script: 'echo prod' }] },
    ],
    [
      'set an input of a task by a condition',
      "steps:\n- task: Publish@1\n  inputs:\n    path: x\n    ${{ if eq(variables['Build.SourceBranchName'], 'other') }}:\n      artifact: prod\n    ${{ else }}:\n      artifact: dev\n    last: y\n",
      { steps: [{ task: 'Publish@1', inputs: { path: 'x', artifact: 'dev', last: 'y' } }] },
    ],
    [
      'choose a step by a variable',
      "variables:\n- name: foo\n  value: contoso\nsteps:\n- ${{ if eq(variables.foo, 'adaptum') }}:\n  - script: adaptum\n- ${{ elseif eq(variables.foo, 'contoso') }}:\n  - script: contoso\n- ${{ else }}:\n  - script: neither\n",
      { variables: [{ name: 'foo', value: 'contoso' }], steps: [{ script: 'contoso' }] },
    ],
    [
      'loop over a list, and over a list in each of its items',
      'parameters:\n- name: fruits\n  type: object\n  default:\n  - fruitName: apple\n    colors: [red, green]\n  - fruitName: lemon\n    colors: [yellow]\n  - fruitName: none\nsteps:\n- ${{ each fruit in parameters.fruits }} :\n  - ${{ each color in fruit.colors}} :\n    - script: echo ${{ fruit.fruitName}} ${{ color }}\n',
      { steps: [{ script: 'echo apple red' }, { script: 'echo apple green' }, { script: 'echo lemon yellow' }] },
    ],
    [
      'split a variable, and take a part of an ID',
      "parameters:\n- name: ids\n  type: object\n  default: [/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/loadBalancers/kubernetes-internal]\nvariables:\n- name: environments\n  value: prod1,prod2\nsteps:\n- ${{ each env in split(variables.environments, ',')}}:\n  - ${{ each id in parameters.ids }}:\n    - script: echo ${{ replace(split(id, '/')[8], '-', '_') }}_${{ env }}\n",
      {
        variables: [{ name: 'environments', value: 'prod1,prod2' }],
        steps: [{ script: 'echo kubernetes_internal_prod1' }, { script: 'echo kubernetes_internal_prod2' }],
      },
    ],
    [
      'print literals',
      "variables:\n  someBoolean: ${{ true }}\n  someNumber: ${{ -1.2 }}\n  someString: ${{ 'a b c' }}\n  someVersion: ${{ 1.2.3 }}\nsteps: [{ script: x }]\n",
      {
        variables: [
          { name: 'someBoolean', value: 'True' },
          { name: 'someNumber', value: '-1.2' },
          { name: 'someString', value: 'a b c' },
          { name: 'someVersion', value: '1.2.3' },
        ],
        steps: [{ script: 'x' }],
      },
    ],
  ];
  for (const [name, yaml, expected] of expanded) {
    it(name, () => assert.deepEqual(expand(yaml), expected));
  }

  it('use results and outputs of jobs and stages, and evaluate variables at run time', async () => {
    const set = (name: string): string => `echo "##vso[task.setvariable variable=${name};isOutput=true]true"`;
    const { lines, jobs } = await fixture().run(
      `
variables:
- { name: staticVar, value: my value }
- { name: compileVar, value: "\${{ variables.staticVar }}" }
- { name: isMain, value: "$[ eq(variables['Build.SourceBranch'], 'refs/heads/main') ]" }
- { name: firstEval, value: "$[lt(False, True)]" }
- { name: secondEval, value: "$[lt(True, False)]" }
- { name: patch, value: "$[counter(variables['build.reason'], 0)]" }
- { name: daily, value: "$[counter(format('{0:yyyyMMdd}', pipeline.startTime), 100)]" }
stages:
- stage: Skipped
  condition: false
  jobs: [{ job: never, steps: [{ bash: exit 1 }] }]
- stage: AfterSkipped
  condition: in(dependencies.Skipped.result, 'Succeeded', 'SucceededWithIssues', 'Skipped')
  jobs: [{ job: after, steps: [{ checkout: none }] }]
- stage: A
  dependsOn: []
  jobs:
  - job: a
    condition: false
    steps: [{ bash: exit 1 }]
  - job: b
    steps:
    - checkout: none
    - bash: ${set('shouldrun')}
      name: printvar
    - bash: echo "1 $(compileVar) $(isMain) $(firstEval) $(secondEval) $(patch) $(daily)"
  - job: c
    dependsOn: [a, b]
    condition: |
      and
      (
        in(dependencies.a.result, 'Succeeded', 'SucceededWithIssues', 'Skipped'),
        eq(dependencies.b.outputs['printvar.shouldrun'], 'true')
      )
    steps: [{ checkout: none }]
  - deployment: build_job
    environment: Production
    strategy:
      runOnce:
        deploy:
          steps:
          - bash: ${set('runTests')}
            name: setRunTests
- stage: B
  condition: and(succeeded(), eq(dependencies.A.outputs['b.printvar.shouldrun'], 'true'), eq(dependencies.A.outputs['build_job.build_job.setRunTests.runTests'], 'true'))
  dependsOn: A
  jobs:
  - job: B1
    condition: in(stageDependencies.A.a.result, 'Skipped')
    steps: [{ checkout: none }]
  - job: B2
    condition: eq(stageDependencies.A.b.outputs['printvar.shouldrun'], 'true')
    steps: [{ checkout: none }]
  - job: run_tests
    condition: eq(stageDependencies.A.build_job.outputs['build_job.setRunTests.runTests'], 'true')
    steps: [{ checkout: none }]
  - job: B4
    condition: ne(stageDependencies.A.b.outputs['printvar.shouldrun'], 'true')
    steps: [{ bash: exit 1 }]
`,
    );
    assert.ok(lines.includes('1 my value True True False 0 100'), lines.join('\n'));
    assert.deepEqual(Object.fromEntries([...jobs].map(([name, { result }]) => [name, result])), {
      after: 'Succeeded',
      a: 'Skipped',
      b: 'Succeeded',
      c: 'Succeeded',
      build_job: 'Succeeded',
      B1: 'Succeeded',
      B2: 'Succeeded',
      run_tests: 'Succeeded',
      B4: 'Skipped',
    });
  });
});
