import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import Ajv from 'ajv';
import { exitCodeOf } from '../../cli/run/exitCodeOf';
import planSchema from '../../shared/devops/onboarding/onboarding_plan.schema.json';
import type { PlanReport } from '../../shared/devops/onboarding/planReport';
import { carryOutTask } from '../../shared/task/runTask';
import { task } from '../../tasks/OnboardModel/task';
import { projectRoot } from '../../tools/commandLine';
import type { DevopsStage, DevopsTry } from '../support/devopsStage';
import type { FakeAgent } from '../support/fakeAgent';
import {
  addConnection,
  OnboardingFolder,
  openOnboardingStage,
  owner,
  templateConnections,
  templateVariables,
} from '../support/onboardingStage';

type Given = Readonly<Record<string, string>>;

describe('OnboardModel', () => {
  let folder: OnboardingFolder;
  let stage: DevopsStage;
  before(async () => (folder = await OnboardingFolder.create()));
  after(() => folder.remove());
  beforeEach(async () => (stage = await openOnboardingStage()));
  afterEach(async () => {
    await folder.reset();
    await stage.close();
  });

  const run = (inputs: Given, options?: DevopsTry): Promise<FakeAgent> => stage.run(task, inputs, options);
  const writes = (): readonly string[] => stage.writtenKinds();

  async function succeeds(inputs: Given): Promise<FakeAgent> {
    const agent = await run(inputs);
    assert.equal(agent.end.result, 'Succeeded', `${agent.end.message}\n${agent.text()}`);
    return agent;
  }

  async function planOf(agent: FakeAgent): Promise<PlanReport> {
    return JSON.parse(await readFile(agent.outputs['planFile'] ?? '', 'utf8')) as PlanReport;
  }

  it('plans an empty project, with what refers to what does not exist yet, and writes nothing', async () => {
    const agent = await succeeds(folder.inputs('plan'));
    assert.deepEqual(stage.writes(), []);
    assert.equal(agent.end.message, "The model 'churn' would be changed: 10 create.");
    const plan = await planOf(agent);
    const validate = new Ajv({ strict: false }).compile(planSchema);
    assert.ok(validate(plan), JSON.stringify(validate.errors));
    assert.deepEqual(
      plan.changes.map(({ area }) => area),
      [
        'repository',
        ...['team', 'team', 'team'],
        'variableGroups',
        'environments',
        'pipelines',
        ...['branchPolicies', 'branchPolicies', 'branchPolicies'],
      ],
    );
    assert.match(agent.summaries['Onboarding'] ?? '', /### Team\n\n\| What \| Planned change \| Details \|/);
  });

  it('creates everything, policies last, and sends nothing that writes the second time', async () => {
    const agent = await succeeds(folder.inputs());
    assert.equal(agent.end.message, "The model 'churn' was brought into the defined state: 10 create.");
    const { repositoryId, teamId, pipelineIds, pipelineUrls, variableGroupIds, environmentIds } = agent.outputs;
    assert.equal(repositoryId, stage.git.find(stage.projectId, 'churn')?.id);
    assert.match(teamId ?? '', /^[\da-f-]{36}$/);
    assert.deepEqual(
      [pipelineIds, variableGroupIds, environmentIds],
      ['{"churn-ci":1}', '{"churn-settings":1}', '{"churn-prod":1}'],
    );
    assert.match(pipelineUrls ?? '', /^\{"churn-ci":"http[^"]*\/_build\?definitionId=1"\}$/);
    const all = writes();
    assert.deepEqual(all.slice(-3), ['POST configurations', 'POST configurations', 'POST configurations']);
    const planned = await planOf(agent);
    stage.organization.requests.clear();
    const again = await succeeds(folder.inputs());
    assert.equal(again.end.message, "The model 'churn' is as defined: 10 unchanged.");
    assert.equal(again.outputs['change'], 'unchanged');
    assert.deepEqual(stage.writes(), []);
    assert.equal(planned.counts.create, 10);
    for (const each of [agent, again])
      assert.doesNotMatch(each.text('log') + JSON.stringify(each.summaries), /s3cr3t-value/);
  });

  it('changes just what a changed specification changes', async () => {
    await succeeds(folder.inputs());
    const cases: readonly (readonly [from: string, to: string, writes: readonly string[]])[] = [
      ['Reviewers: 1', 'Reviewers: 2', ['PUT configurations']],
      ["members: ['{{owners}}']", `members: ['{{owners}}', admin@sandbox.example]`, ['PUT members']],
      ['LEVEL: 1.10', 'LEVEL: 1.20', ['PUT variablegroups']],
    ];
    for (const [from, to, expected] of cases) {
      await folder.change(from, to);
      stage.organization.requests.clear();
      const agent = await succeeds(folder.inputs());
      assert.deepEqual(writes(), expected, to);
      assert.equal(agent.outputs['change'], 'updated');
      stage.organization.requests.clear();
      await folder.reset();
      if (from.startsWith('members')) continue;
      await succeeds(folder.inputs());
    }
  });

  it('fails on differences only if it is told to, and after the plan was written', async () => {
    const drifted = await run({ ...folder.inputs('plan'), failOnDrift: 'true' });
    assert.equal(drifted.end.message, "The model 'churn' differs from its specification: 10 create. Apply it.");
    const surroundings = { agent: drifted, clock: stage.clock, signal: new AbortController().signal };
    const { result, error } = await carryOutTask(task, surroundings);
    assert.equal(exitCodeOf(result, error, false), 2);
    assert.equal((await planOf(drifted)).counts.create, 10);
    await succeeds(folder.inputs());
    await succeeds({ ...folder.inputs('plan'), failOnDrift: 'true' });
  });

  it('brings a changed template by a pull request, and never by a push to the branch', async () => {
    await succeeds(folder.inputs());
    const repository = stage.git.find(stage.projectId, 'churn') ?? assert.fail();
    const tip = repository.tips.get('refs/heads/main');
    await folder.write('template/{{model}}/train.py', 'name = "{{model}}"\n1\n2\n3\n4\n');
    try {
      stage.organization.requests.clear();
      const without = await succeeds(folder.inputs());
      assert.match(without.text('log'), /The template or its variables have changed/);
      assert.deepEqual(stage.writes(), []);
      const agent = await succeeds({ ...folder.inputs(), updateTemplate: 'true' });
      assert.match(agent.outputs['pullRequestUrl'] ?? '', /\/_git\/churn\/pullrequest\/1$/);
      assert.equal(repository.tips.get('refs/heads/main'), tip);
      stage.organization.requests.clear();
      const again = await succeeds({ ...folder.inputs(), updateTemplate: 'true' });
      assert.deepEqual([again.outputs['change'], stage.writes()], ['unchanged', []]);
    } finally {
      await folder.write('template/{{model}}/train.py', 'name = "{{model}}"\n1\n2\n3\n');
    }
  });

  it('reports every problem of the specification with its line before any call', async () => {
    const specification = [
      "model: 'a:b'",
      'repository:',
      '  template: { folder: ../nowhere }',
      '  defaultBranch: a..b',
      'team: { name: "bad/name" }',
      'pipelines:',
      "  - { name: '{{unknown}}', yamlFile: x.yml }",
      '  - { name: 7 }',
      'environments: [{ name: prod }, { name: PROD }]',
      'branchPolicies: { mergeTypes: [none], other: 1 }',
    ].join('\n');
    const { end } = await run({ specification, mode: 'plan' });
    for (const line of [
      'line 1: model must have 1 to 64 characters',
      'line 4: repository.defaultBranch must be the name of a branch',
      'line 5: team.name must have',
      'line 7: pipelines[0].name uses {{unknown}}, which is not a variable.',
      'line 8: pipelines[1].yamlFile is missing.',
      'line 9: environments[1].name is the name of environments[0], too.',
      'line 10: branchPolicies.other is not known',
    ])
      assert.ok(end.message.includes(line), `${line}\n\n${end.message}`);
    assert.equal(stage.organization.requests.list().length, 0);
  });

  it('reports all names that are not found, each with its line, and what is blocked, before anything is written', async () => {
    const { identities } = stage.organization.state;
    for (const principalName of ['one@a.com', 'two@a.com'])
      identities.addUser({ principalName, displayName: 'Double' });
    const specification = [
      'model: churn',
      'repository:',
      `  template: { folder: ${folder.path}/template }`,
      'team:',
      '  name: owners',
      '  members:',
      '    - nobody@contoso.com',
      '    - Double',
      'pipelines:',
      '  - { name: ci, yamlFile: pipelines/missing.yml, pool: Nowhere }',
      'environments:',
      '  - { name: prod, approvals: { approvers: [Strangers] } }',
      'branchPolicies:',
      '  buildValidation:',
      '    - { buildPipeline: other-ci }',
    ].join('\n');
    const { end } = await run({ specification, mode: 'apply', variables: `model=churn` });
    for (const line of [
      'line 7: team.members[0] is not a person of the organization.',
      'line 8: team.members[1] is the name of 2 identities',
      'line 10: pipelines[0].yamlFile',
      'line 10: pipelines[0].pool',
      'line 12: environments[0].approvals.approvers[0]',
      'line 15: branchPolicies.buildValidation[0].buildPipeline is not a pipeline',
    ])
      assert.ok(end.message.includes(line), `${line}\n\n${end.message}`);
    assert.deepEqual(stage.writes(), []);
  });

  it('does not take the repository of others, and says so with everything else', async () => {
    stage.addRepository('churn');
    const { end } = await run(folder.inputs());
    assert.match(end.message, /was not created from a template .* Set repository\.adoptExisting to true/);
    assert.deepEqual(stage.writes(), []);
  });

  it('reports which permissions are missing in one error, before anything is written', async () => {
    const { state } = stage.organization;
    const reader = state.identities.find(owner) ?? state.identities.all().find((each) => each.displayName === 'Ada');
    const readers = state.identities.all().find(({ displayName }) => displayName.includes('Readers')) ?? assert.fail();
    state.identities.addMember(reader ?? assert.fail(), readers);
    const token = state.tokens.issuePersonal({ identity: reader ?? assert.fail() });
    const { end } = await run(folder.inputs(), { token });
    assert.match(end.message, /changes cannot be made:/);
    assert.match(end.message, /Repository 'churn'.*'Create repository'/);
    assert.match(end.message, /Environment 'churn-prod'/);
    assert.deepEqual(stage.writes(), []);
  });

  it('imports a repository, and compares the pipelines with its files then', async () => {
    await succeeds(folder.inputs());
    const url = 'https://example.com/source';
    stage.git.importable.set(url, stage.git.find(stage.projectId, 'churn') ?? assert.fail());
    const imported = (yamlFile: string): string =>
      [
        'model: copy',
        `repository: { import: { url: ${url} } }`,
        `pipelines: [{ name: copy-ci, yamlFile: ${yamlFile}, firstRun: none }]`,
        'branchPolicies: { commentResolution: required }',
      ].join('\n');
    const plan = await succeeds({ mode: 'plan', specification: imported('missing.yml') });
    assert.match(plan.text('log'), /Pipeline 'copy-ci': create\n {4}It is compared when 'copy' was imported\./);
    const wrong = await run({ mode: 'apply', specification: imported('missing.yml') });
    assert.match(wrong.end.message, /line 3: pipelines\[0\]\.yamlFile .*\nWhat was changed before stays\./s);
    await succeeds({ mode: 'apply', specification: imported('pipelines/ci.yml') });
    stage.organization.requests.clear();
    const again = await succeeds({ mode: 'apply', specification: imported('pipelines/ci.yml') });
    assert.deepEqual([again.outputs['change'], stage.writes()], ['unchanged', []]);
    const connection = imported('x').replace(`${url} }`, `${url}, connection: nowhere }`);
    const unknown = await run({ mode: 'plan', specification: connection.replace('copy\n', 'other\n') });
    assert.match(unknown.end.message, /line 2: repository\.import\.connection is not a service connection/);
  });

  it('refuses a secret of the job in the variables, which the repository would show', async () => {
    const { end } = await run(folder.inputs(), { secrets: [owner] });
    assert.match(end.message, /^Input 'variables' contains a secret of the job in owners\./);
    assert.equal(stage.organization.requests.list().length, 0);
  });

  it('onboards a model from the template itself, with four pipelines, and finds nothing to change then', async () => {
    const file = resolve(projectRoot, 'template/onboarding/onboarding.yml');
    for (const [index, name] of templateConnections.entries())
      addConnection(stage, name, `0a1b2c3d-0000-4000-8000-00000000000${index}`);
    const inputs = { mode: 'apply', specificationFile: file, variables: templateVariables };
    const options = { variables: { 'Build.SourcesDirectory': resolve(projectRoot, 'template') } };
    const agent = await run(inputs, options);
    assert.equal(agent.end.result, 'Succeeded', `${agent.end.message}\n${agent.text('log')}`);
    const repository = stage.git.find(stage.projectId, 'churn') ?? assert.fail();
    const paths = repository.changesBetween('0'.repeat(40), repository.tips.get('refs/heads/main') ?? '');
    const names = paths.map(({ path }) => path);
    assert.ok(names.includes('churn/model_variables.yml') && names.includes('pipelines/ci_pipeline.yml'));
    assert.deepEqual(
      names.filter((name) => /demo|onboard/.test(name)),
      [],
    );
    assert.deepEqual(Object.keys(JSON.parse(agent.outputs['pipelineIds'] ?? '{}') as object), [
      'churn-ci',
      'churn-train',
      'churn-evaluate',
      'churn-deploy',
    ]);
    stage.organization.requests.clear();
    const again = await run(inputs, options);
    assert.equal(again.outputs['change'], 'unchanged', again.text('log'));
    assert.deepEqual(stage.writes(), []);
  });
});
