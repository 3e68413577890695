import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Builds } from '../../sandbox/devops/build/builds/builds';
import { BuildEngine } from '../../sandbox/devops/build/running/buildEngine';
import { exceptionBody } from '../../sandbox/devops/organizationError';
import { PolicyStore } from '../../sandbox/devops/policy/policyStore';
import { task as applyBranchPolicies } from '../../tasks/ApplyBranchPolicies/task';
import { task as createRepository } from '../../tasks/CreateRepository/task';
import { scriptedRunner } from '../sandbox/devops/build/scriptedRunner';
import { sendToDevops } from '../support/devops/fixture';
import { DevopsStage, type DevopsTry } from '../support/devopsStage';
import type { FakeAgent } from '../support/fakeAgent';

const gitNamespace = '2e9eb7ed-3c0a-47d4-87c1-0ffdd275fd87';
const bits = { GenericRead: 2, GenericContribute: 4, CreateBranch: 16, CreateRepository: 256, EditPolicies: 2048 };
type Bit = keyof typeof bits;

/** Situations that reports on other tools describe; each names one. */
describe('CreateRepository and ApplyBranchPolicies', () => {
  let stage: DevopsStage;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'scenario-'));
    await writeFile(join(folder, 'readme.md'), '# {{model}}\n');
  });
  after(() => rm(folder, { recursive: true }));
  beforeEach(async () => (stage = await DevopsStage.open()));
  afterEach(() => stage.close());

  const template = (more: Readonly<Record<string, string>> = {}) => ({
    repositoryName: 'churn',
    templateFolder: folder,
    variables: 'model=churn',
    ...more,
  });
  const create = (more?: Readonly<Record<string, string>>, options?: DevopsTry): Promise<FakeAgent> =>
    stage.run(createRepository, template(more), options);
  const protect = (policies: string, options?: DevopsTry): Promise<FakeAgent> =>
    stage.run(applyBranchPolicies, { repository: 'churn', policies }, options);
  const ended = ({ end, outputs }: FakeAgent): readonly unknown[] => [end.result, outputs['change']];
  const methods = (): readonly string[] => stage.writes().map((write) => write.split(' ')[0] ?? '');

  // terraform-provider-azuredevops issues 1260, 498 and 802: TF401020 for a branch that is not visible yet.
  it('set a default branch only after Azure DevOps shows it', async () => {
    const repository = stage.git.create('churn', stage.projectId);
    repository.defaultBranch = 'refs/heads/gone';
    const hidden = JSON.stringify({ count: 0, value: [] });
    const path = '*/git/repositories/*/refs';
    stage.organization.faults.add({
      method: 'GET',
      path,
      from: 3,
      times: 2,
      effect: 'status',
      status: 200,
      body: hidden,
    });
    const agent = await create();
    assert.deepEqual(ended(agent), ['Succeeded', 'updated'], agent.end.message);
    assert.equal(repository.defaultBranch, 'refs/heads/main');
    const sent = stage.organization.requests.list();
    const update = sent.findIndex(({ method }) => method === 'PATCH');
    assert.ok(update > 0);
    // Two looks before the push, two that do not show the branch, and the one that does.
    assert.equal(sent.slice(0, update).filter((each) => /repositories\/[^/]+\/refs$/.test(each.path)).length, 5);
  });

  describe('update a policy', () => {
    // terraform-provider-azuredevops issue 288: a revision that is not current is answered as an absent policy.
    it('with its new revision when somebody else was faster, and never create it again', async () => {
      await create();
      await protect('commentResolution: required');
      stage.organization.requests.clear();
      const message = "The policy configuration with ID '1' and revision '1' does not exist.";
      const name = 'Microsoft.TeamFoundation.Policy.WebApi.PolicyConfigurationNotFoundException';
      const body = JSON.stringify(exceptionBody(name, message));
      const path = '*/policy/configurations/*';
      stage.organization.faults.add({ method: 'PUT', path, effect: 'status', status: 404, body });
      const agent = await protect('commentResolution: optional');
      assert.deepEqual(ended(agent), ['Succeeded', 'updated'], agent.end.message);
      assert.deepEqual(methods(), ['PUT', 'PUT']);
    });

    // databricks/mlops-stacks pull request 36: build validation ran for every repository of the project.
    it('for one branch of one repository only', async () => {
      await create();
      await create({ repositoryName: 'other' });
      const policies =
        'minimumReviewers:\n  minimumNumberOfReviewers: 1\nlinkedWorkItems: required\nmergeTypes: [squashMerge]';
      await protect(policies);
      const store = stage.organization.state.of(PolicyStore);
      const [churn, other] = ['churn', 'other'].map((name) => stage.git.find(stage.projectId, name) ?? assert.fail());
      assert.ok(churn && other);
      const scopes = store.list(stage.projectId).flatMap(({ settings }) => settings.scope);
      const own = { repositoryId: churn.id, refName: 'refs/heads/main', matchKind: 'Exact' };
      assert.deepEqual(scopes, [own, own, own]);
      assert.deepEqual(store.applying(other, 'refs/heads/main'), []);
    });
  });

  // terraform-provider-azuredevops issue 569: what comes after the policies is rejected by them.
  it('leave the files of a protected branch alone, so that no push is rejected', async () => {
    await create();
    await protect('commentResolution: required');
    stage.organization.requests.clear();
    await writeFile(join(folder, 'more.md'), 'more\n');
    try {
      const agent = await create();
      assert.deepEqual(ended(agent), ['Succeeded', 'unchanged'], agent.end.message);
      assert.match(agent.text('log'), /The template or its variables have changed since it was created/);
      assert.deepEqual(stage.writes(), []);
    } finally {
      await rm(join(folder, 'more.md'));
    }
  });

  // azure-cli issue 23967: a repository of the same name in another project was taken.
  it('use the repository of the project that is named, beside one of the same name in another project', async () => {
    const { state } = stage.organization;
    const other = await state.projects.create({ name: 'Other', id: state.newId() });
    const theirs = stage.git.create('churn', other.id);
    const agent = await create();
    assert.deepEqual(ended(agent), ['Succeeded', 'created'], agent.end.message);
    assert.ok(agent.text('log').includes(`Repository 'churn' in project '${stage.project}'`));
    await protect('commentResolution: required');
    assert.equal(theirs.isEmpty, true);
    assert.deepEqual(state.of(PolicyStore).list(other.id), []);
  });

  describe('when the creation of a repository is answered with TF401019', () => {
    // Azure-Landing-Zones issue 2454.
    const refused = (when: 'before' | 'after') => {
      const name = 'Microsoft.TeamFoundation.Git.Server.GitRepositoryNotFoundException';
      const text =
        'TF401019: The Git repository with name or identifier churn does not exist or you do not have permissions for the operation you are attempting.';
      const body = JSON.stringify(exceptionBody(name, text));
      const rewrite = () => ({ status: 404, body });
      const fault = when === 'before' ? { effect: 'status', status: 404, body } : { effect: 'rewritten', rewrite };
      stage.organization.faults.add({ method: 'POST', path: '*/git/repositories', ...(fault as object) });
    };

    it('use the one that was created in spite of it', async () => {
      refused('after');
      const agent = await create();
      assert.equal(agent.end.result, 'Succeeded', agent.end.message);
      assert.equal(stage.writes().filter((write) => write.endsWith('/git/repositories')).length, 1);
    });

    it('say that it is absent or not permitted, who signed in, and what limits the token of a job', async () => {
      refused('before');
      const { end } = await create();
      assert.equal(end.result, 'Failed');
      assert.match(end.message, /TF401019/);
      assert.match(end.message, /Sandbox Admin/);
      stage.organization.faults.clear();
      refused('before');
      const { state, project } = stage.organization;
      const service = state.identities.buildServiceOf(state.projects.find(project)?.id ?? '');
      allow(service.descriptor, bits.CreateRepository);
      const token = state.tokens.issueJob({ identity: service });
      const url = state.url('').replace(/\/$/, '');
      const variables = {
        'System.AccessToken': token,
        'System.CollectionUri': `${url}/`,
        'System.TeamProject': project,
      };
      const job = await create({ connectionType: 'job', devopsConnection: '', organizationUrl: url }, { variables });
      assert.equal(job.end.result, 'Failed');
      assert.match(job.end.message, /Build Service/);
      assert.match(job.end.message, /Protect access to repositories in YAML pipelines/);
    });
  });

  // azure-cli issue 24108: the token of the job is refused where that of a user is not.
  it('say that the job signed in, and offer a connection, when its token is refused', async () => {
    const name = 'Microsoft.TeamFoundation.Framework.Server.InvalidIdentityException';
    const body = JSON.stringify(exceptionBody(name, 'TF400813: The user is not authorized to access this resource.'));
    stage.organization.faults.add({ effect: 'status', status: 401, body, times: 20 });
    const url = stage.organization.state.url('').replace(/\/$/, '');
    const variables = { 'System.AccessToken': 'job-token', 'System.CollectionUri': `${url}/` };
    const { end } = await create({ connectionType: 'job', devopsConnection: '', organizationUrl: url }, { variables });
    assert.equal(end.result, 'Failed');
    assert.match(end.message, /TF400813/);
    assert.match(end.message, /The call was made as the job itself.*use a service connection/s);
  });

  // terraform-provider-azuredevops issues 639 and 289: switches about the last pusher and the requestor are misread.
  it('state what the switches of reviewers mean', async () => {
    await create();
    const cases: readonly [settings: string, sentence: RegExp][] = [
      ['', /needs the approvals of 2 reviewers other than its requestor; a vote to wait or reject blocks it;/],
      [
        '  allowRequestorsToApproveTheirOwnChanges: true',
        /needs the approvals of 2 reviewers, the requestor included;/,
      ],
      [
        '  prohibitMostRecentPusherFromApproving: true',
        /other than its requestor; the approval of the most recent pusher does not apply;/,
      ],
      ['  allowCompletionWithVotesToWaitOrReject: true', /can be completed despite votes to wait or reject;/],
      ['  whenNewChangesArePushed: resetAllVotes', /all votes are reset when new changes are pushed\./],
    ];
    for (const [settings, sentence] of cases) {
      const policies = `minimumReviewers:\n  minimumNumberOfReviewers: 2\n${settings}\n`;
      const inputs = { repository: 'churn', policies, dryRun: 'true' };
      assert.match((await stage.run(applyBranchPolicies, inputs)).text('log'), sentence);
    }
  });

  // dstoolkit-mlops-v2 issue 142: Azure Repos ignores the trigger for pull requests in a YAML file.
  it('validate pull requests by a pipeline whose YAML cannot ask for it', async () => {
    await create();
    const { state } = stage.organization;
    state.of(BuildEngine).runner = scriptedRunner();
    const send = async (
      path: string,
      body: object,
    ): Promise<{ readonly id: number; readonly pullRequestId: number }> => {
      const answer = await sendToDevops(stage.organization, `${stage.project}/_apis/${path}`, { method: 'POST', body });
      assert.ok(answer.status < 300, answer.text);
      return answer.body as { id: number; pullRequestId: number };
    };
    const repository = stage.git.find(stage.projectId, 'churn') ?? assert.fail();
    const git = `git/repositories/${repository.id}`;
    const yaml = 'trigger: none\npr: [main]\npool: { vmImage: ubuntu-latest }\nsteps:\n- bash: true\n';
    const newContent = { content: yaml, contentType: 'rawtext' };
    await send(`${git}/pushes`, {
      refUpdates: [{ name: 'refs/heads/topic', oldObjectId: repository.tipOf('refs/heads/main') }],
      commits: [{ comment: 'Add', changes: [{ changeType: 'add', item: { path: '/ci.yml' }, newContent }] }],
    });
    const { id } = await send('build/definitions', {
      name: 'churn-ci',
      type: 'build',
      queue: { name: 'Azure Pipelines' },
      repository: { id: repository.id, type: 'TfsGit', defaultBranch: 'refs/heads/main' },
      process: { type: 2, yamlFilename: 'ci.yml' },
    });
    const request = { sourceRefName: 'refs/heads/topic', targetRefName: 'refs/heads/main', title: 'Topic' };
    const { pullRequestId } = await send(`${git}/pullrequests`, request);
    const runs = async () => {
      await sendToDevops(stage.organization, `${stage.project}/_apis/${git}/pullrequests/${pullRequestId}`);
      await state.of(BuildEngine).settle();
      const builds = state.of(Builds).ofProject(stage.projectId);
      return builds.map(({ definition, reason, result }) => [definition.id, reason, result]);
    };
    assert.deepEqual(await runs(), []);
    const agent = await protect('buildValidation:\n  - buildPipeline: churn-ci\n');
    assert.equal(agent.end.result, 'Succeeded', agent.end.message);
    assert.deepEqual(await runs(), [[id, 'pullRequest', 'succeeded']]);
  });

  function allow(descriptor: string, allowed: number, denied = 0): void {
    const { security } = stage.organization.state;
    security.set(gitNamespace, `repoV2/${stage.projectId}`, descriptor, { allow: allowed, deny: denied });
  }

  describe('without one permission', () => {
    /** A token of an administrator of the project who was denied one permission of all repositories. */
    function without(bit: Bit): string {
      const { identities, tokens } = stage.organization.state;
      const identity = identities.addUser({ principalName: 'lead@example.com', displayName: 'Lead' });
      identities.addMember(identity, identities.groupNamed('Project Administrators', stage.projectId));
      allow(identity.descriptor, 0, bits[bit]);
      return tokens.issuePersonal({ identity });
    }

    const steps: readonly [
      title: string,
      Bit,
      prepare: () => Promise<unknown>,
      run: (token: string) => Promise<FakeAgent>,
    ][] = [
      ['a new repository', 'GenericRead', async () => undefined, (token) => create({}, { token })],
      ['a new repository', 'CreateRepository', async () => undefined, (token) => create({}, { token })],
      ['an empty repository', 'GenericContribute', addEmpty, (token) => create({}, { token })],
      ['an empty repository', 'CreateBranch', addEmpty, (token) => create({}, { token })],
      ['another default branch', 'EditPolicies', addTrunk, (token) => create({ defaultBranch: 'trunk' }, { token })],
      ['new policies', 'EditPolicies', create, (token) => protect('commentResolution: required', { token })],
    ];

    async function addEmpty(): Promise<void> {
      stage.git.create('churn', stage.projectId);
      await Promise.resolve();
    }

    async function addTrunk(): Promise<void> {
      await create();
      const { refs } = stage.git.find(stage.projectId, 'churn') ?? assert.fail();
      refs.set('refs/heads/trunk', refs.get('refs/heads/main') ?? assert.fail());
    }

    for (const [title, bit, prepare, run] of steps)
      it(`(${bit}) name it before anything is written: ${title}`, async () => {
        await prepare();
        const before = [stage.repositories(), stage.organization.state.of(PolicyStore).list(stage.projectId)];
        stage.organization.requests.clear();
        const { end } = await run(without(bit));
        assert.equal(end.result, 'Failed');
        assert.match(end.message, new RegExp(`The identity 'Lead'.* lacks the permission '[^']+' \\(${bit}\\) on `));
        assert.deepEqual(stage.writes(), []);
        const after = [stage.repositories(), stage.organization.state.of(PolicyStore).list(stage.projectId)];
        assert.deepEqual(after, before);
      });
  });
});
