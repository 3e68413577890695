import assert from 'node:assert/strict';
import { namespaceIds } from '../../sandbox/devops/identities/namespaces';
import { ClassificationNodes, fullPathOf } from '../../sandbox/devops/projects/classificationNodes';
import { TeamSettingsStore } from '../../sandbox/devops/projects/teamSettings';
import { teamToken } from '../../sandbox/devops/projects/teams';
import { task } from '../../tasks/CreateTeam/task';
import { itConverges } from '../support/devopsFaults';
import { DevopsStage, type DevopsTry } from '../support/devopsStage';
import type { FakeAgent } from '../support/fakeAgent';

type Given = Readonly<Record<string, string>>;

const entraGroup = 'c0ffee00-0000-4000-8000-00000000000a';

/** With two people, a repository, and a group of Entra that the organization does not know. */
async function open(): Promise<DevopsStage> {
  const stage = await DevopsStage.open();
  stage.addRepository('churn');
  const { identities, directory } = stage.organization.state;
  identities.addUser({ principalName: 'ada@contoso.com', displayName: 'Ada' });
  identities.addUser({ principalName: 'ben@contoso.com', displayName: 'Ben' });
  directory.add({ objectId: entraGroup, kind: 'group', name: 'Data scientists' });
  return stage;
}

const whole: Given = {
  teamName: 'Churn',
  description: 'Predicts churn',
  areaPath: 'models\\churn',
  members: `ada@contoso.com\n${entraGroup}`,
  administrators: 'ben@contoso.com',
  repository: 'churn',
  repositoryPermissions: 'contribute\ncreateBranch\ncontributeToPullRequests',
};

function teamOf(stage: DevopsStage, name = 'Churn') {
  const { state } = stage.organization;
  const project = state.projects.find(stage.project) ?? assert.fail();
  const team = state.teams.find(project, name) ?? assert.fail(`no team ${name}`);
  return { state, project, team };
}

/** What a team is, by names: who is in it, who administers it, its areas, and what it may do with the repository. */
function shownTeam(stage: DevopsStage, name = 'Churn') {
  const { state, project, team } = teamOf(stage, name);
  const nameOf = (descriptor: string): string => state.identities.find(descriptor)?.displayName ?? descriptor;
  const entries = state.security.find(namespaceIds.identity, teamToken(team))?.entries ?? new Map<string, never>();
  const repository = stage.git.find(stage.projectId, 'churn');
  const git = state.security.find(namespaceIds.git, `repoV2/${project.id}/${repository?.id ?? ''}`)?.entries;
  const { defaultValue, values } = state.of(TeamSettingsStore).of(project, team);
  return {
    name: team.identity.displayName,
    description: team.identity.description,
    members: state.identities
      .related(team.identity, 'down')
      .map(({ displayName }) => displayName)
      .sort(),
    entries: [...entries].map(([descriptor, { allow, deny }]) => [nameOf(descriptor), allow, deny]).sort(),
    areas: [defaultValue, ...values.map(({ value, includeChildren }) => `${value} ${String(includeChildren)}`)],
    git: git?.get(team.identity.descriptor),
  };
}

/** All that a step may have changed, in values that are the same in another stage. */
function endState(stage: DevopsStage): unknown {
  const { state } = stage.organization;
  const project = state.projects.find(stage.project) ?? assert.fail();
  return {
    team: shownTeam(stage),
    teams: state.teams.list(project).map(({ identity }) => identity.displayName),
    areas: state
      .of(ClassificationNodes)
      .all(project)
      .filter(({ structure }) => structure === 'area')
      .map((node) => fullPathOf(project, node)),
    identities: state.identities
      .all()
      .map(({ displayName }) => displayName)
      .sort(),
  };
}

describe('CreateTeam', () => {
  let stage: DevopsStage;
  beforeEach(async () => (stage = await open()));
  afterEach(() => stage.close());

  const run = (inputs: Given, options?: DevopsTry): Promise<FakeAgent> => stage.run(task, inputs, options);

  async function succeeds(inputs: Given, options?: DevopsTry): Promise<FakeAgent> {
    const agent = await run(inputs, options);
    assert.equal(agent.end.result, 'Succeeded', `${agent.end.message}\n${agent.text()}`);
    return agent;
  }

  it('creates the team with all that is described, and sends nothing that writes the second time', async () => {
    const { administrator } = stage.organization;
    const agent = await succeeds(whole);
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
    const again = await succeeds({ ...whole, teamName: ' CHURN ', description: ' Predicts churn ' });
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

  const identityOf = (name: string) =>
    stage.organization.state.identities.all().find(({ displayName }) => displayName === name) ?? assert.fail(name);

  describe('with a team that exists', () => {
    beforeEach(async () => {
      await succeeds({ ...whole, administrators: '' });
      stage.organization.requests.clear();
    });

    it('adds what is missing, and leaves members, areas, administrators and permissions of others as they are', async () => {
      const { state, project, team } = teamOf(stage);
      state.identities.addMember(identityOf('Ben'), team.identity);
      const settings = state.of(TeamSettingsStore).of(project, team);
      const before = shownTeam(stage);
      const agent = await succeeds({
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
      const { descriptor } = identityOf('Ben');
      state.security.set(namespaceIds.identity, teamToken(team), descriptor, { allow: 1, deny: 0 });
      await succeeds({ ...whole, repositoryPermissions: 'contribute\ncreateTag' });
      assert.deepEqual(
        shownTeam(stage).entries.find(([name]) => name === 'Ben'),
        ['Ben', 31, 0],
      );
      assert.deepEqual(shownTeam(stage).git, { allow: 4 + 16 + 16_384 + 32, deny: 0 });
    });

    it('removes other members only if it is told to, but no administrator that it is given', async () => {
      const { state, team } = teamOf(stage);
      for (const name of ['Ben', 'Contributors']) state.identities.addMember(identityOf(name), team.identity);
      const agent = await succeeds({
        teamName: 'churn',
        members: 'ada@contoso.com',
        administrators: 'ben@contoso.com',
        removeOtherMembers: 'true',
      });
      assert.deepEqual(shownTeam(stage).members, ['Ada', 'Ben']);
      assert.match(agent.text('log'), /- \[TEAM FOUNDATION\]\\Data scientists\n +- \[local\]\\Contributors/);
      stage.organization.requests.clear();
      const again = await succeeds({ teamName: 'churn', members: 'ada@contoso.com', removeOtherMembers: 'false' });
      assert.equal(again.outputs['change'], 'unchanged');
      assert.match(again.text('log'), /Other members stay: ben@contoso\.com\./);
      assert.deepEqual(stage.writes(), []);
    });

    it('keeps an area of the team as it is, whether or not areas below it belong to the team', async () => {
      const { state, project, team } = teamOf(stage);
      const settings = state.of(TeamSettingsStore).of(project, team);
      settings.values = [{ value: 'local\\models\\churn', includeChildren: false }];
      const agent = await succeeds({ teamName: 'churn', areaPath: 'LOCAL/models/Churn' });
      assert.equal(agent.outputs['change'], 'unchanged');
      assert.deepEqual(stage.writes(), []);
    });

    it('does not override a Deny of somebody else', async () => {
      const { state, team } = teamOf(stage);
      const token = teamToken(team);
      state.security.set(namespaceIds.identity, token, identityOf('Ben').descriptor, { allow: 1, deny: 8 });
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
      const agent = await succeeds(existing, { token: personIn('Project Administrators') });
      assert.equal(agent.outputs['change'], 'updated');
    });

    it('needs no more for the members than an administrator of the team has', async () => {
      const person = personIn('Contributors');
      const lead = identityOf('Lead').descriptor;
      stage.organization.state.security.set(namespaceIds.identity, token(), lead, { allow: 31, deny: 0 });
      const { teamName, administrators = '' } = whole;
      const inputs = { teamName: teamName ?? '', description: 'x', members: 'ben@contoso.com', administrators };
      assert.equal((await succeeds(inputs, { token: person })).outputs['change'], 'updated');
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
      assert.equal((await succeeds(own, { token: personIn('Project Administrators') })).outputs['change'], 'created');
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
      assert.equal((await succeeds(whole, { token: issue(scopes) })).outputs['change'], 'created');
    });

    it('changes nothing in a dry run, which shows every change', async () => {
      const agent = await succeeds({ ...whole, dryRun: 'true' });
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
      await succeeds({ teamName: 'Fraud', members: 'ada@contoso.com' });
      assert.equal(shownTeam(stage, 'Fraud').members.length, 2);
      stage.organization.faults.add({ method: 'POST', path, effect: 'rewritten', rewrite: addCreator });
      await succeeds({ teamName: 'Churn', members: 'ada@contoso.com', removeOtherMembers: 'true' });
      assert.deepEqual(shownTeam(stage).members, ['Ada']);
    });

    it('finds teams and groups by their names, with and without the project', async () => {
      await succeeds({ teamName: 'Owners' });
      await succeeds({ teamName: 'Churn', members: 'owners\ncontributors\n[LOCAL]\\Readers\nBen' });
      assert.deepEqual(shownTeam(stage).members, ['Ben', 'Contributors', 'Owners', 'Readers']);
    });
  });

  describe('with names that are not found', () => {
    it('lists all of them by their inputs and entries, and writes nothing', async () => {
      const { identities } = stage.organization.state;
      identities.addUser({ principalName: 'ada@fabrikam.com', displayName: 'Ada' });
      const { end } = await run({
        ...whole,
        members: 'ada@contoso.com\nnobody@contoso.com\nAda\nchurn',
        administrators: '[local]\\Nobody\nNobody',
      });
      assert.match(end.message, /^2 inputs need attention:/);
      const lines = end.message.split('\n').map((line) => line.trim());
      assert.deepEqual(
        lines.map((line) => line.replace(/\([\da-f-]{36}\)/g, '(id)')),
        [
          '2 inputs need attention:',
          "- Input 'members' cannot be used:",
          'entry 2 is not a person of the organization. Check the address. Adding a person takes a license, so that this step does not do it: add them in Organization settings, Users, and run this step again.',
          'entry 3 is the name of 2 identities: ada@contoso.com (id), ada@fabrikam.com (id). Write the e-mail address of a person, or [scope]\\name of a group.',
          'entry 4 is the team itself.',
          "- Input 'administrators' cannot be used:",
          'entry 1 is not a group of the organization.',
          "entry 2 is not a team of the project 'local', nor the name of a person or group. Write the e-mail address of a person, or [scope]\\name of a group.",
        ],
      );
      assert.deepEqual(stage.writes(), []);
    });

    it('does not create the team for a group that Microsoft Entra ID does not have', async () => {
      const { end } = await run({ ...whole, members: entraGroup.replace(/.$/, 'f') });
      assert.match(end.message, /Could not add the Microsoft Entra group c0ffee00-\S+f to the organization/);
      assert.throws(() => teamOf(stage), /no team Churn/);
    });

    it('reports everything that is wrong with the inputs before any call', async () => {
      const { end } = await run({
        teamName: 'a/b',
        areaPath: '\\local\\churn',
        removeOtherMembers: 'true',
        repositoryPermissions: 'contribute',
      });
      assert.match(end.message, /^4 inputs need attention:/);
      for (const name of ['teamName', 'areaPath', 'removeOtherMembers', 'repository'])
        assert.ok(end.message.includes(`Input '${name}' `), name);
      const unknown = await run({ ...whole, repositoryPermissions: 'contribute\nwrite' });
      assert.match(
        unknown.end.message,
        /^Input 'repositoryPermissions' cannot be used:\n {4}entry 2 must be one of read, /,
      );
      assert.equal(stage.organization.requests.list().length, 0);
    });

    it('names the repository that does not exist, and writes nothing', async () => {
      const { end } = await run({ ...whole, repository: 'fraud' });
      assert.match(end.message, /^The project 'local' has no repository 'fraud'/);
      assert.deepEqual(stage.writes(), []);
    });
  });

  describe('as the service behaves', () => {
    it('waits until what it did is visible, when reads show changes late', async () => {
      stage.organization.state.staleReads = 5;
      await succeeds(whole);
      stage.organization.state.staleReads = 0;
      const { state, project } = teamOf(stage);
      assert.equal(state.teams.list(project).length, 2);
      stage.organization.requests.clear();
      assert.equal((await succeeds(whole)).outputs['change'], 'unchanged');
    });

    it('takes the team of a lost answer that the list shows late for its own, and creates no second one', async () => {
      stage.organization.state.staleReads = 12;
      const path = '*/projects/*/teams';
      stage.organization.faults.add({ method: 'POST', path, effect: 'reset', when: 'after' });
      await succeeds(whole);
      stage.organization.state.staleReads = 0;
      const { state, project } = teamOf(stage);
      assert.equal(state.teams.list(project).length, 2);
    });

    it('compares names and descriptions as the service trims them, and compares no number of members or administrators', async () => {
      const inputs = { ...whole, teamName: '  Churn ', description: ' Predicts churn  ' };
      await succeeds(inputs);
      const { state, team } = teamOf(stage);
      state.identities.addMember(identityOf('Ben'), team.identity);
      stage.organization.requests.clear();
      assert.equal((await succeeds(inputs)).outputs['change'], 'unchanged');
      assert.deepEqual(stage.writes(), []);
    });

    it('takes the answer that somebody was a member already for a success, and checks it', async () => {
      await succeeds({ teamName: 'Churn' });
      const path = '*/identities/*/members/*';
      stage.organization.faults.add({
        method: 'PUT',
        path,
        effect: 'status',
        status: 200,
        body: 'false',
        when: 'after',
      });
      await succeeds({ teamName: 'Churn', members: 'ada@contoso.com' });
      assert.deepEqual(shownTeam(stage).members, ['Ada']);
      stage.organization.faults.add({ method: 'PUT', path, effect: 'status', status: 200, body: 'false' });
      const { end } = await run({ teamName: 'Churn', members: 'ben@contoso.com' });
      assert.match(
        end.message,
        /^Timed out waiting for the members of the team 'Churn' to appear, after 1 min\. Everything that was created so far is kept\. Run this step again\.$/,
      );
    });

    it('adds and reads more members than one request takes', async () => {
      const { identities } = stage.organization.state;
      const names = Array.from({ length: 50 }, (_, index) => `person${index}@contoso.com`);
      for (const principalName of names) identities.addUser({ principalName });
      await succeeds({ teamName: 'Churn', members: names.join('\n') });
      const agent = await succeeds({ teamName: 'Churn', members: 'ada@contoso.com' });
      assert.match(agent.text('log'), /Other members stay: person0@contoso\.com, .* and 30 more\./);
      assert.equal(shownTeam(stage).members.length, 51);
    });

    it('creates the area with the team, and sets it as the default', async () => {
      await succeeds({ teamName: 'Churn', areaPath: 'models/churn' });
      assert.deepEqual(shownTeam(stage).areas, ['local\\models\\churn', 'local\\models\\churn true']);
      await succeeds({ teamName: 'Fraud', areaPath: 'Local' });
      assert.deepEqual(shownTeam(stage, 'Fraud').areas, ['local', 'local true']);
    });

    it('sets a new area again that the service does not know everywhere yet', async () => {
      const body = JSON.stringify({ message: 'TF400499: The value is not an area of the project.', typeKey: 'X' });
      const path = '*/teamfieldvalues';
      stage.organization.faults.add({ method: 'PATCH', path, effect: 'status', status: 400, body, times: 2 });
      await succeeds({ teamName: 'Churn', areaPath: 'churn' });
      stage.organization.faults.add({ method: 'PATCH', path, effect: 'status', status: 400, body, times: 100 });
      const { end } = await run({ teamName: 'Churn', areaPath: 'other' });
      assert.match(end.message, /TF400499/);
    });

    it('refuses a collection of Azure DevOps Server, whose routes differ, before anything is written', async () => {
      const path = '*/_apis/resourceAreas';
      const body = JSON.stringify({ count: 0, value: [] });
      stage.organization.faults.add({ method: 'GET', path, effect: 'status', status: 200, body });
      const { end } = await run(whole);
      assert.match(end.message, /This step supports Azure DevOps Services only/);
      assert.deepEqual(stage.writes(), []);
    });

    it('adds a group of Microsoft Entra ID although the service is unavailable now and then', async () => {
      const body = JSON.stringify({ message: 'The service is unavailable.', typeKey: 'X' });
      const path = '/vssps/*/graph/groups';
      stage.organization.faults.add({ method: 'POST', path, effect: 'status', status: 503, body, times: 3 });
      await succeeds(whole);
      assert.deepEqual(shownTeam(stage).members, ['Ada', 'Data scientists']);
    });
  });

  itConverges('a new team', { task, open, endState, inputs: () => ({ ...whole, areaPath: 'churn' }) });
  itConverges('a team whose description, members and administrators differ', {
    task,
    endState,
    inputs: () => ({
      teamName: 'Churn',
      description: 'Predicts churn',
      members: 'ada@contoso.com',
      administrators: 'ada@contoso.com',
      removeOtherMembers: 'true',
    }),
    async open() {
      const stage = await open();
      await stage.run(task, { teamName: 'Churn', members: 'ben@contoso.com' });
      return stage;
    },
  });
});
