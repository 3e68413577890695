import assert from 'node:assert/strict';
import { task } from '../../tasks/ApplyBranchPolicies/task';
import type { DevopsStage, DevopsTry } from '../support/devopsStage';
import type { FakeAgent } from '../support/fakeAgent';
import { changedPolicies, openPolicyStage, policies, policyState } from './branchPolicyStage';

describe('ApplyBranchPolicies', () => {
  let stage: DevopsStage;
  beforeEach(async () => (stage = await openPolicyStage()));
  afterEach(() => stage.close());

  const given = { repository: 'churn', policies };
  const run = (inputs: Readonly<Record<string, string>>, options?: DevopsTry): Promise<FakeAgent> =>
    stage.run(task, inputs, options);
  const methods = (): readonly string[] => stage.writes().map((write) => write.split(' ')[0] ?? '');

  async function succeeds(inputs: Readonly<Record<string, string>>): Promise<FakeAgent> {
    const agent = await run(inputs);
    assert.equal(agent.end.result, 'Succeeded', `${agent.end.message}\n${agent.text()}`);
    return agent;
  }

  /** Sends what somebody else creates in the project. */
  async function post(path: string, body: object): Promise<void> {
    const { state, personalAccessToken } = stage.organization;
    const url = `${state.url(encodeURIComponent(stage.project))}/_apis/${path}?api-version=7.1`;
    const authorization = `Basic ${Buffer.from(`:${personalAccessToken}`).toString('base64')}`;
    const headers = { authorization, 'content-type': 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
    assert.equal(response.status, 200, await response.text());
    stage.organization.requests.clear();
  }

  it('creates all policies of the default branch, and sends nothing that writes the second time', async () => {
    const agent = await succeeds(given);
    assert.equal(agent.outputs['change'], 'updated');
    assert.equal(agent.outputs['branch'], 'refs/heads/main');
    assert.match(agent.text('log'), /A pull request needs the approvals of 2 reviewers other than its requestor;/);
    assert.deepEqual(
      methods(),
      Array.from({ length: 6 }, () => 'POST'),
    );
    stage.organization.requests.clear();
    const again = await succeeds({ ...given, branch: 'main', repository: 'CHURN' });
    assert.equal(again.outputs['change'], 'unchanged');
    assert.deepEqual(methods(), []);
  });

  it('updates what differs, and deletes others only if it is told to', async () => {
    await succeeds(given);
    stage.organization.requests.clear();
    await succeeds({ ...given, policies: changedPolicies });
    assert.deepEqual(methods(), ['PUT', 'PUT']);
    stage.organization.requests.clear();
    await succeeds({ ...given, policies: 'commentResolution: required' });
    assert.deepEqual(methods(), []);
    await succeeds({ ...given, policies: 'commentResolution: required', removeOthers: 'true' });
    assert.deepEqual(
      methods(),
      Array.from({ length: 5 }, () => 'DELETE'),
    );
    assert.equal((policyState(stage) as readonly unknown[]).length, 1);
  });

  it('does not touch a policy of the project, and reports that it already demands the same', async () => {
    await post('policy/configurations', {
      isEnabled: true,
      isBlocking: true,
      type: { id: 'c6a1889d-b943-4856-b76f-9e46bb6b0df2' },
      settings: { scope: [{ repositoryId: null, refName: 'refs/heads/main', matchKind: 'Exact' }] },
    });
    const agent = await succeeds({ ...given, policies: 'commentResolution: required', removeOthers: 'true' });
    assert.equal(agent.outputs['change'], 'unchanged');
    assert.match(
      agent.text('log'),
      /Already demanded by a wider policy: \d+, for refs\/heads\/main of all repositories/,
    );
    assert.deepEqual(methods(), []);
  });

  it('validates pull requests by a pipeline, which it finds by its name, its path and its ID', async () => {
    const { id } = stage.git.find(stage.projectId, 'churn') ?? assert.fail();
    const pipeline = (path: string): object => ({
      name: 'churn-ci',
      path,
      type: 'build',
      queue: { name: 'Azure Pipelines' },
      repository: { id, type: 'TfsGit', defaultBranch: 'refs/heads/main' },
      process: { type: 2, yamlFilename: 'ci.yml' },
    });
    await post('build/definitions', pipeline('\\models'));
    const validation = (buildPipeline: string): Readonly<Record<string, string>> => ({
      repository: 'churn',
      policies: `buildValidation:\n  - buildPipeline: ${buildPipeline}\n    displayName: ci\n    pathFilter: [/src/*]\n`,
    });
    const agent = await succeeds(validation('churn-ci'));
    assert.match(agent.text('log'), /Build validation 'ci': create/);
    const [, pipelineId = ''] =
      /The pipeline 'churn-ci' \((\d+)\) is queued for a pull request/.exec(agent.text('log')) ?? [];
    stage.organization.requests.clear();
    for (const same of ['\\models\\churn-ci', 'models/churn-ci', pipelineId])
      assert.equal((await succeeds(validation(same))).outputs['change'], 'unchanged', same);
    assert.deepEqual(methods(), []);
    await post('build/definitions', pipeline('\\others'));
    const doubtful = await run(validation('churn-ci'));
    assert.match(doubtful.end.message, /line 2: buildValidation\[0\]\.buildPipeline is the name of 2 pipelines: /);
    assert.deepEqual(methods(), []);
  });

  it('fails when Azure DevOps accepts a policy and does not have it then', async () => {
    const accepted = {
      id: 1,
      revision: 1,
      isEnabled: true,
      isBlocking: true,
      isDeleted: false,
      type: { id: 'c6a1889d-b943-4856-b76f-9e46bb6b0df2', displayName: 'Comment requirements' },
      settings: { scope: [] },
    };
    const fault = { method: 'POST', path: '*/policy/configurations', effect: 'status', status: 200 } as const;
    stage.organization.faults.add({ ...fault, body: JSON.stringify(accepted) });
    const { end } = await run({ ...given, policies: 'commentResolution: required' });
    assert.equal(end.result, 'Failed');
    assert.match(end.message, /^Azure DevOps accepted the policies, but they still differ:\n/);
  });

  it('writes nothing in a dry run', async () => {
    const agent = await succeeds({ ...given, dryRun: 'true' });
    assert.match(agent.end.message, /would be updated: 6 created\.$/);
    assert.match(agent.summaries['Branch policies'] ?? '', /\| create \|/);
    assert.deepEqual(methods(), []);
  });

  it('lists all names that are not known, with their lines, and writes nothing', async () => {
    const text = `commentResolution: required
statusChecks:
  - statusName: a
    authorizedAccount: nobody@example.com
automaticallyIncludedReviewers:
  - reviewers:
      - No such team
      - admin@sandbox.example
`;
    const agent = await run({ ...given, policies: text });
    assert.match(
      agent.end.message,
      /^Input 'policies' is not a valid document of branch policies:\n {4}line 4: statusChecks\[0\]\.authorizedAccount is not a person of the organization\.\n {4}line 7: automaticallyIncludedReviewers\[0\]\.reviewers\[0\] is not a team of the project /,
    );
    assert.deepEqual(methods(), []);
  });

  it('refuses a repository of another project, an unknown one, and an unknown branch', async () => {
    const { state } = stage.organization;
    const other = await state.projects.create({ name: 'Other', id: state.newId() });
    const there = stage.git.create('elsewhere', other.id);
    assert.match(
      (await run({ ...given, repository: 'elsewhere' })).end.message,
      /has no repository 'elsewhere', or the identity/,
    );
    assert.match(
      (await run({ ...given, repository: there.id })).end.message,
      /belongs to the project 'Other', not to '/,
    );
    assert.match(
      (await run({ ...given, branch: 'Main' })).end.message,
      /has no branch refs\/heads\/Main\. Names of branches are case-sensitive/,
    );
    assert.deepEqual(methods(), []);
  });

  it('names the permission that is missing before anything is written', async () => {
    const { state } = stage.organization;
    const reader = state.identities.addUser({ principalName: 'r@example.com', displayName: 'Reader' });
    const readers = state.identities.all().find(({ displayName }) => displayName.includes('Readers')) ?? assert.fail();
    state.identities.addMember(reader, readers);
    const token = state.tokens.issuePersonal({ identity: reader });
    for (const dryRun of ['true', 'false']) {
      const { end } = await run({ ...given, dryRun }, { token });
      assert.match(end.message, /The identity 'Reader'.* lacks the permission 'Edit policies'/);
    }
    assert.deepEqual(methods(), []);
  });
});
