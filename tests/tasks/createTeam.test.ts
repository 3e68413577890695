import assert from 'node:assert/strict';
import { namespaceIds } from '../../sandbox/devops/identities/namespaces';
import { ClassificationNodes } from '../../sandbox/devops/projects/classificationNodes';
import { TeamSettingsStore } from '../../sandbox/devops/projects/teamSettings';
import { teamToken } from '../../sandbox/devops/projects/teams';
import { task } from '../../tasks/CreateTeam/task';
import type { DevopsStage, DevopsTry } from '../support/devopsStage';
import type { FakeAgent } from '../support/fakeAgent';
import { identityOf, openTeamStage, shownTeam, succeeds, teamOf, whole, type Given } from './createTeamStage';

describe('CreateTeam', () => {
  let stage: DevopsStage;
  beforeEach(async () => (stage = await openTeamStage()));
  afterEach(() => stage.close());

  const run = (inputs: Given, options?: DevopsTry): Promise<FakeAgent> => stage.run(task, inputs, options);

  it('creates the team with all that is described, and sends nothing that writes the second time', async () => {
    const { administrator } = stage.organization;
    const agent = await succeeds(stage, whole);
    const { team } = teamOf(stage);
    assert.deepEqual(agent.outputs, { teamId: team.id, teamName: 'Churn', change: 'created' });
    const area = `${stage.project}\\models\\churn`;
    assert.deepEqual(shownTeam(stage), {
      name: 'Churn',
      description: 'Predicts churn',
      members: ['Ada', 'Data scientists'],
      entries: [
        ['Ben', 31, 0],
        ['Churn', 1, 0],
        [administrator.displayName, 31, 0],
      ].sort(),
      areas: [area, `${area} true`],
      git: { allow: 4 + 16 + 16_384, deny: 0 },
    });
    assert.equal(agent.end.message, "The team 'Churn' was created.");
    stage.organization.requests.clear();
    const again = await succeeds(stage, { ...whole, teamName: ' CHURN ', description: ' Predicts churn ' });
    assert.deepEqual(again.outputs, { teamId: team.id, teamName: 'Churn', change: 'unchanged' });
    assert.deepEqual(stage.writes(), []);
    assert.deepEqual(again.summaries, {});
  });

  /** A person of the project with a token, whom bits of a namespace are denied at a token of it. */
  function personIn(
    group: string,
    ...denied: readonly (readonly [namespaceId: string, token: string, bits: number])[]
  ) {
    const { identities, security, tokens } = stage.organization.state;
    const identity = identities.addUser({ principalName: 'lead@contoso.com', displayName: 'Lead' });
    identities.addMember(identity, identities.groupNamed(group, stage.projectId));
    for (const [namespaceId, token, deny] of denied)
      security.set(namespaceId, token, identity.descriptor, { allow: 0, deny });
    return tokens.issuePersonal({ identity });
  }

  describe('with a team that exists', () => {
    beforeEach(async () => {
      await succeeds(stage, { ...whole, administrators: '' });
      stage.organization.requests.clear();
    });

    it('adds what is missing, and leaves members, areas, administrators and permissions of others as they are', async () => {
      const { state, project, team } = teamOf(stage);
      state.identities.addMember(identityOf(stage, 'Ben'), team.identity);
      const settings = state.of(TeamSettingsStore).of(project, team);
      const before = shownTeam(stage);
      const agent = await succeeds(stage, {
        teamName: 'churn',
        areaPath: 'fraud',
        members: 'ada@contoso.com\n[local]\\Contributors',
        administrators: 'ada@contoso.com',
        repository: 'churn',
        repositoryPermissions: 'editPolicies',
      });
      assert.equal(agent.outputs['change'], 'updated');
      assert.match(agent.text('log'), /Other members stay: .*ben@contoso\.com/);
      assert.match(agent.text('log'), /Other areas of the team stay: local\\models\\churn\./);
      assert.match(agent.text('log'), /~ default area: local\\models\\churn → local\\fraud/);
      assert.deepEqual(shownTeam(stage), {
        ...before,
        members: ['Ada', 'Ben', 'Contributors', 'Data scientists'],
        entries: [...before.entries, ['Ada', 31, 0]].sort(),
        areas: ['local\\fraud', 'local\\models\\churn true', 'local\\fraud true'],
        git: { allow: 4 + 16 + 16_384 + 2048, deny: 0 },
      });
      assert.equal(settings.values.length, 2);
    });

    it('completes permissions of which somebody has a part', async () => {
      const { state, team } = teamOf(stage);
      const { descriptor } = identityOf(stage, 'Ben');
      state.security.set(namespaceIds.identity, teamToken(team), descriptor, { allow: 1, deny: 0 });
      await succeeds(stage, { ...whole, repositoryPermissions: 'contribute\ncreateTag' });
      assert.deepEqual(
        shownTeam(stage).entries.find(([name]) => name === 'Ben'),
        ['Ben', 31, 0],
      );
      assert.deepEqual(shownTeam(stage).git, { allow: 4 + 16 + 16_384 + 32, deny: 0 });
    });

    it('removes other members only if it is told to, but no administrator that it is given', async () => {
      const { state, team } = teamOf(stage);
      for (const name of ['Ben', 'Contributors']) state.identities.addMember(identityOf(stage, name), team.identity);
      const agent = await succeeds(stage, {
        teamName: 'churn',
        members: 'ada@contoso.com',
        administrators: 'ben@contoso.com',
        removeOtherMembers: 'true',
      });
      assert.deepEqual(shownTeam(stage).members, ['Ada', 'Ben']);
      assert.match(agent.text('log'), /- \[TEAM FOUNDATION\]\\Data scientists\n +- \[local\]\\Contributors/);
      stage.organization.requests.clear();
      const again = await succeeds(stage, {
        teamName: 'churn',
        members: 'ada@contoso.com',
        removeOtherMembers: 'false',
      });
      assert.equal(again.outputs['change'], 'unchanged');
      assert.match(again.text('log'), /Other members stay: ben@contoso\.com\./);
      assert.deepEqual(stage.writes(), []);
    });

    it('keeps an area of the team as it is, whether or not areas below it belong to the team', async () => {
      const { state, project, team } = teamOf(stage);
      const settings = state.of(TeamSettingsStore).of(project, team);
      settings.values = [{ value: 'local\\models\\churn', includeChildren: false }];
      const agent = await succeeds(stage, { teamName: 'churn', areaPath: 'LOCAL/models/Churn' });
      assert.equal(agent.outputs['change'], 'unchanged');
      assert.deepEqual(stage.writes(), []);
    });

    it('does not override a Deny of somebody else', async () => {
      const { state, team } = teamOf(stage);
      const token = teamToken(team);
      state.security.set(namespaceIds.identity, token, identityOf(stage, 'Ben').descriptor, { allow: 1, deny: 8 });
      const repository = stage.git.find(stage.projectId, 'churn') ?? assert.fail();
      const git = `repoV2/${stage.projectId}/${repository.id}`;
      state.security.set(namespaceIds.git, git, team.identity.descriptor, { allow: 0, deny: 2048 });
      const inputs = { ...whole, description: 'other', repositoryPermissions: 'editPolicies' };
      const { end } = await run(inputs);
      assert.equal(end.result, 'Failed');
      assert.match(
        end.message,
        /^2 changes cannot be made:\n {2}- Administrators of the team 'Churn': Permissions of an administrator are denied to ben@contoso\.com .*\n {2}- Permissions of the team 'Churn' on the repository 'churn': Some of the permissions are denied to the team\./,
      );
      assert.deepEqual(stage.writes(), []);
    });

    const existing = { ...whole, members: 'ben@contoso.com', description: 'other', areaPath: 'models\\fraud' };
    const token = () => teamToken(teamOf(stage).team);
    for (const [name, bit, changes] of [
      ['View identity information', 1, ['Administrators']],
      ['Edit identity information', 2, ['Team', 'Area']],
      ['Delete identity information', 4, ['Administrators']],
      ['Manage group membership', 8, ['Members']],
    ] as const)
      it(`names the permission '${name}' before anything is written if it is missing`, async () => {
        const person = personIn('Project Administrators', [namespaceIds.identity, token(), bit]);
        const { end } = await run(existing, { token: person });
        assert.equal(end.result, 'Failed');
        assert.ok(end.message.includes(`'Lead' (lead@contoso.com) lacks the permission '${name}'`), end.message);
        for (const change of changes) assert.ok(end.message.includes(`${change} `), `${change}: ${end.message}`);
        assert.deepEqual(stage.writes(), []);
      });

    it('needs no more than an administrator of the project has', async () => {
      const agent = await succeeds(stage, existing, { token: personIn('Project Administrators') });
      assert.equal(agent.outputs['change'], 'updated');
    });

    it('needs no more for the members than an administrator of the team has', async () => {
      const person = personIn('Contributors');
      const lead = identityOf(stage, 'Lead').descriptor;
      stage.organization.state.security.set(namespaceIds.identity, token(), lead, { allow: 31, deny: 0 });
      const { teamName, administrators = '' } = whole;
      const inputs = { teamName: teamName ?? '', description: 'x', members: 'ben@contoso.com', administrators };
      assert.equal((await succeeds(stage, inputs, { token: person })).outputs['change'], 'updated');
    });
  });

  describe('with a new team', () => {
    const own = { ...whole, members: 'ada@contoso.com' };
    const areaRoot = () => {
      const { state, project } = { ...stage.organization, project: stage.organization.state.projects.find('local') };
      const { area } = state.of(ClassificationNodes).rootsOf(project ?? assert.fail());
      return `vstfs:///Classification/Node/${area.identifier}`;
    };
    const repositoryToken = () =>
      `repoV2/${stage.projectId}/${(stage.git.find(stage.projectId, 'churn') ?? assert.fail()).id}`;
    const project = () => `$PROJECT:vstfs:///Classification/TeamProject/${stage.projectId}`;
    for (const [name, namespaceId, tokenOf, bit] of [
      ['Edit project-level information', namespaceIds.project, project, 2],
      ['Create child nodes', namespaceIds.area, areaRoot, 4],
      ['Manage permissions', namespaceIds.git, repositoryToken, 8192],
    ] as const)
      it(`names the permission '${name}' before anything is written if it is missing`, async () => {
        const token = personIn('Project Administrators', [namespaceId, tokenOf(), bit]);
        const { end } = await run(own, { token });
        assert.equal(end.result, 'Failed');
        assert.ok(end.message.includes(`'Lead' (lead@contoso.com) lacks the permission '${name}'`), end.message);
        assert.deepEqual(stage.writes(), []);
        assert.throws(() => teamOf(stage), /no team Churn/);
      });

    it('names all permissions that are missing at once', async () => {
      const { end } = await run(own, { token: personIn('Readers') });
      assert.match(end.message, /^3 changes cannot be made:/);
      for (const name of ['Edit project-level information', 'Create child nodes', 'Manage permissions'])
        assert.ok(end.message.includes(`'${name}'`), name);
      assert.deepEqual(stage.writes(), []);
    });

    it('needs no more than an administrator of the project has', async () => {
      assert.equal(
        (await succeeds(stage, own, { token: personIn('Project Administrators') })).outputs['change'],
        'created',
      );
    });

    it('works with a token of the scopes that the advice for refused tokens names', async () => {
      const { state, administrator: identity } = stage.organization;
      const scopes = [
        'code_manage',
        'project_manage',
        'identity_manage',
        'graph_manage',
        'security_manage',
        'work_write',
      ];
      const issue = (names: readonly string[]) =>
        state.tokens.issuePersonal({ identity, scopes: names.map((name) => `vso.${name}`) });
      const { end } = await run(whole, { token: issue(scopes.slice(0, 2)) });
      assert.match(
        end.message,
        /lacks a scope .* Graph \(Read and manage\), Security \(Manage\), Work items \(Read and write\)/,
      );
      assert.equal((await succeeds(stage, whole, { token: issue(scopes) })).outputs['change'], 'created');
    });

    it('changes nothing in a dry run, which shows every change', async () => {
      const agent = await succeeds(stage, { ...whole, dryRun: 'true' });
      assert.deepEqual(agent.outputs, { teamName: 'Churn', change: 'created' });
      assert.equal(agent.end.message, "The team 'Churn' would be created.");
      assert.deepEqual(stage.writes(), []);
      const rows = (agent.summaries['Team'] ?? '').split('\n').slice(2);
      assert.deepEqual(
        rows.map((row) => row.split(' | ')[1]),
        ['create', 'create', 'create', 'create', 'create'],
      );
      assert.match(agent.text('log'), /\+ ada@contoso\.com\n +\+ Microsoft Entra group .*, new in the organization\n/);
    });

    it('creates the team once when several runs start at the same time', async () => {
      const agents = await Promise.all([1, 2, 3].map(() => run(whole)));
      for (const { end, text } of agents) assert.equal(end.result, 'Succeeded', `${end.message}\n${text.toString()}`);
      const { state, project } = teamOf(stage);
      assert.equal(state.teams.list(project).length, 2);
      assert.deepEqual(shownTeam(stage).members, ['Ada', 'Data scientists']);
    });

    it('has no other members than it is given, also when the service adds who created it', async () => {
      const { state, administrator } = stage.organization;
      const addCreator = (status: number, body: string) => {
        const { id } = JSON.parse(body) as { readonly id: string };
        state.identities.addMember(administrator, state.identities.byId(id) ?? assert.fail());
        return { status, body };
      };
      const path = '*/projects/*/teams';
      stage.organization.faults.add({ method: 'POST', path, effect: 'rewritten', rewrite: addCreator });
      await succeeds(stage, { teamName: 'Fraud', members: 'ada@contoso.com' });
      assert.equal(shownTeam(stage, 'Fraud').members.length, 2);
      stage.organization.faults.add({ method: 'POST', path, effect: 'rewritten', rewrite: addCreator });
      await succeeds(stage, { teamName: 'Churn', members: 'ada@contoso.com', removeOtherMembers: 'true' });
      assert.deepEqual(shownTeam(stage).members, ['Ada']);
    });

    it('finds teams and groups by their names, with and without the project', async () => {
      await succeeds(stage, { teamName: 'Owners' });
      await succeeds(stage, { teamName: 'Churn', members: 'owners\ncontributors\n[LOCAL]\\Readers\nBen' });
      assert.deepEqual(shownTeam(stage).members, ['Ben', 'Contributors', 'Owners', 'Readers']);
    });
  });
});
