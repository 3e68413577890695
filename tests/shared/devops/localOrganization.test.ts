import assert from 'node:assert/strict';
import { noObject } from '../../../shared/devops/api/git';
import { isAbsentOrNotPermitted, isRefusedAs } from '../../../shared/devops/api/refusal';
import { connectDevops } from '../../../shared/devops/connect';
import { createOnce } from '../../../shared/devops/createOnce';
import type { Devops } from '../../../shared/devops/devops';
import { needed, requirePermissions } from '../../../shared/devops/permissions/requirePermissions';
import { tokens } from '../../../shared/devops/permissions/tokens';
import { TaskError } from '../../../shared/errors';
import { CallError, HttpError } from '../../../shared/http/errors';
import type { DevopsIdentity } from '../../../shared/identity/devopsIdentity';
import { FixedToken } from '../../../shared/identity/fixedToken';
import { useOrganization } from '../../support/devops/fixture';
import { FakeAgent } from '../../support/fakeAgent';
import { FakeClock } from '../../support/fakeClock';
import { testContext } from '../../support/testContext';
import { errorOf } from '../http/clientUnderTest';

const project = 'local';
const main = 'refs/heads/main';
const added = { changeType: 'add', item: { path: '/a' }, newContent: { content: 'a', contentType: 'rawtext' } };

describe('The client of Azure DevOps, at the stand-in', () => {
  const { organization, tokenOf } = useOrganization();

  function connect(
    token = organization().personalAccessToken,
    kind: DevopsIdentity['kind'] = 'token',
    clock = new FakeClock(),
  ): Devops {
    const identity = { kind, tokens: new FixedToken('the token of the test', token, new FakeAgent()) };
    return connectDevops(identity, organization().url, testContext({ clock }));
  }

  /** A repository with one file on main. */
  async function seed({ git }: Devops, name = 'm1'): Promise<string> {
    const { id } = await git.createRepository(project, name);
    await git.push(project, id, {
      refUpdates: [{ name: main, oldObjectId: noObject }],
      commits: [
        {
          comment: 'Begin',
          changes: [
            {
              changeType: 'add',
              item: { path: '/page.html' },
              newContent: { content: Buffer.from('<html>\r\n').toString('base64'), contentType: 'base64encoded' },
            },
          ],
        },
      ],
    });
    return id;
  }

  it('creates, seeds, reads and changes a repository', async () => {
    const devops = connect();
    const { git } = devops;
    const id = await seed(devops);
    const branch = await git.branch(project, id, main);
    assert.ok(branch);
    assert.equal((await git.repository(project, 'M1')).defaultBranch, main);
    assert.deepEqual(
      (await git.items(project, id, { branch: main })).map(({ path }) => path),
      ['/', '/page.html'],
    );
    const file = await git.file(project, id, { branch: main }, '/page.html');
    assert.equal(Buffer.from(file).toString(), '<html>\r\n');
    assert.equal((await git.commits(project, id, { branch: main }, { top: 1 }))[0]?.commitId, branch.objectId);
    const refs = await git.updateRefs(project, id, [
      { name: 'refs/heads/next', oldObjectId: noObject, newObjectId: branch.objectId },
    ]);
    assert.deepEqual(
      refs.map(({ success, updateStatus }) => [success, updateStatus]),
      [[true, 'succeeded']],
    );
    await git.updateRepository(project, id, { isDisabled: true });
    assert.ok(isAbsentOrNotPermitted(await errorOf(HttpError, git.repository(project, id))));
    assert.equal((await git.repositories(project)).find(({ name }) => name === 'm1')?.isDisabled, true);
  });

  it('recognizes a name that is taken, and a branch that has moved', async () => {
    const devops = connect();
    const id = await seed(devops);
    const { git } = devops;
    assert.ok(isRefusedAs('alreadyExists', await errorOf(HttpError, git.createRepository(project, 'M1'))));
    const stale = {
      refUpdates: [{ name: main, oldObjectId: noObject }],
      commits: [{ comment: 'x', changes: [added] }],
    };
    const refused = await errorOf(HttpError, git.push(project, id, stale));
    assert.ok(isRefusedAs('staleReference', refused), refused.message);
  });

  it('writes policies, which then refuse a push', async () => {
    const devops = connect();
    const id = await seed(devops);
    const { policies, git } = devops;
    const scope = [{ repositoryId: id, refName: main, matchKind: 'Exact' }];
    const type = { id: 'fa4e907d-c16b-4a4c-9dfa-4906e5d171dd' };
    const settings = { scope, minimumApproverCount: 1, creatorVoteCounts: false };
    const created = await policies.create(project, { isEnabled: true, isBlocking: true, type, settings });
    const [found] = await policies.appliedTo(project, id, main);
    assert.equal(found?.id, created.id);
    const { revision } = await policies.update(project, created.id, {
      ...created.whole,
      settings: { ...settings, minimumApproverCount: 2 },
    });
    assert.equal(revision, created.revision + 1);
    const tip = (await git.branch(project, id, main))?.objectId ?? '';
    const push = { refUpdates: [{ name: main, oldObjectId: tip }], commits: [{ comment: 'x', changes: [added] }] };
    const { token } = tokenOf('writer@example.com', 'Contributors');
    const refused = await errorOf(HttpError, connect(token).git.push(project, id, push));
    assert.ok(isRefusedAs('rejectedByPolicy', refused), refused.message);
    await policies.delete(project, created.id);
    assert.deepEqual(await policies.appliedTo(project, id, main), []);
  });

  it('creates a team with an area and a member', async () => {
    const { core, work, identities, graph } = connect();
    const { identity: user } = tokenOf('member@example.com');
    const team = await core.createTeam(project, { name: 'churn' });
    assert.ok((await core.teams(project)).some(({ id }) => id === team.id));
    await work.createNode(project, 'areas', 'churn');
    const area = 'local\\churn';
    const values = { defaultValue: area, values: [{ value: area, includeChildren: true }] };
    assert.deepEqual(
      (await work.setTeamFieldValues(project, 'churn', values)).values.map(({ value }) => value),
      [area],
    );
    const [found] = await identities.search('member@example.com');
    assert.equal(found?.id, user.id);
    assert.equal(await identities.addMember(team.id, user.id), true);
    assert.equal(await identities.addMember(team.id, user.id), false);
    const [member, container] = await Promise.all([graph.descriptorOf(user.id), graph.descriptorOf(team.id)]);
    assert.equal(await graph.isMember(member, container), true);
    assert.deepEqual(await graph.membersOf(container), [member]);
  });

  it('lists every permission that a reader lacks, by the name of the reader', async () => {
    const { token } = tokenOf('reader@example.com', 'Readers');
    const devops = connect(token);
    const { id } = await devops.core.project(project);
    const on = "the project 'local'";
    const { message } = await errorOf(
      TaskError,
      requirePermissions(devops, [
        needed('git', 'GenericRead', tokens.git(id), on),
        needed('git', 'CreateRepository', tokens.git(id), on),
        needed('git', 'EditPolicies', tokens.git(id), on),
        needed('build', 'CreateBuildDefinition', tokens.build(id), on),
        needed('project', 'GENERIC_WRITE', tokens.project(id), on),
      ]),
    );
    assert.match(message, /reader@example\.com.* lacks 4 permissions:/);
    assert.match(message, /'Create repository' \(CreateRepository\) on the project 'local'/);
    await requirePermissions(connect(), [needed('git', 'CreateRepository', tokens.git(id), on)]);
  });

  it('says why a reader, and why nobody at all, may not do something', async () => {
    const { token } = tokenOf('reader@example.com', 'Readers');
    const refused = await errorOf(HttpError, connect(token).git.createRepository(project, 'm2'));
    assert.ok(isRefusedAs('notPermitted', refused), refused.message);
    assert.match(refused.message, /Azure DevOps shows this identity as .*reader@example\.com/);
    const unknown = await errorOf(CallError, connect('unknown-token').git.repositories(project));
    assert.match(unknown.message, /Create a personal access token for this organization/);
  });

  it('creates one repository in spite of a connection that breaks after the write', async () => {
    const clock = new FakeClock();
    const { git } = connect(undefined, undefined, clock);
    await git.repositories(project);
    organization().faults.add({ method: 'POST', path: '*/git/repositories', effect: 'reset', when: 'after' });
    const context = { clock, signal: new AbortController().signal };
    const find = async () => (await git.repositories(project)).find(({ name }) => name === 'once');
    const made = await createOnce(() => git.createRepository(project, 'once'), find, context);
    assert.equal((await find())?.id, made.id);
    const posts = organization()
      .requests.list()
      .filter(({ method }) => method === 'POST');
    assert.equal(posts.length, 1);
  });
});
