import assert from 'node:assert/strict';
import { getPersonalAccessTokenHandler, WebApi } from 'azure-devops-node-api';
import { TreeStructureGroup } from 'azure-devops-node-api/interfaces/WorkItemTrackingInterfaces';
import { useOrganization } from '../../../support/devops/fixture';

describe("Microsoft's client of the REST API", () => {
  const { organization, tokenOf } = useOrganization();
  const connect = () => {
    const { url, personalAccessToken } = organization();
    return new WebApi(url.replace(/\/$/, ''), getPersonalAccessTokenHandler(personalAccessToken));
  };

  it('connects, and finds projects, processes and operations', async () => {
    const { administrator, state } = organization();
    const connection = await connect().connect();
    assert.equal(connection.authenticatedUser?.id, administrator.id);
    const core = await connect().getCoreApi();
    const projects = await core.getProjects();
    assert.deepEqual(
      projects.map(({ name }) => name),
      ['local'],
    );
    const project = await core.getProject('LOCAL', true);
    assert.equal(project.id, state.projects.find('local')?.id);
    assert.equal(project.capabilities?.['versioncontrol']?.['sourceControlType'], 'Git');
    const operation = await core.queueCreateProject({ name: 'ml' });
    assert.ok(operation.id !== undefined);
    assert.equal((await core.getProcesses()).length, 4);
    // The client makes nothing of a 404.
    assert.equal(await core.getProject('other'), null);
  });

  it('creates a team with an area, an iteration and members', async () => {
    const { state } = organization();
    const core = await connect().getCoreApi();
    const team = await core.createTeam({ name: 'churn', description: 'd' }, 'local');
    const boards = await connect().getWorkItemTrackingApi();
    // The client leaves the number of areas, 0, out of the path: users of it give the name instead.
    const areas = 'areas' as unknown as TreeStructureGroup;
    const area = await boards.createOrUpdateClassificationNode({ name: 'churn' }, 'local', areas);
    assert.equal(area.path, '\\local\\Area\\churn');
    const work = await connect().getWorkApi();
    const context = { project: 'local', team: 'churn' };
    const change = { defaultValue: 'local\\churn', values: [{ value: 'local\\churn', includeChildren: true }] };
    await work.updateTeamFieldValues(change, context);
    const fieldValues = await work.getTeamFieldValues(context);
    assert.deepEqual([fieldValues.defaultValue, fieldValues.values], [change.defaultValue, change.values]);
    const iteration = await boards.createOrUpdateClassificationNode(
      { name: 's' },
      'local',
      TreeStructureGroup.Iterations,
    );
    const root = await boards.getClassificationNode('local', TreeStructureGroup.Iterations);
    assert.ok(root.identifier !== undefined && iteration.identifier !== undefined);
    await work.updateTeamSettings({ backlogIteration: root.identifier }, context);
    await work.postTeamIteration({ id: iteration.identifier }, context);
    assert.deepEqual(
      (await work.getTeamIterations(context)).map(({ path }) => path),
      ['local\\s'],
    );
    const { identity } = tokenOf('anna@example.com');
    const found = state.teams.byId(team.id ?? '');
    assert.ok(found);
    state.identities.addMember(identity, found.identity);
    const members = await core.getTeamMembersWithExtendedProperties('local', 'churn');
    assert.deepEqual(
      members.map((member) => member.identity?.uniqueName),
      ['anna@example.com'],
    );
    assert.deepEqual(
      (await core.getTeams('local')).map(({ name }) => name),
      ['local Team', 'churn'],
    );
    assert.equal((await core.updateTeam({ name: 'churn 2' }, 'local', 'churn')).name, 'churn 2');
    await core.deleteTeam('local', 'churn 2');
    assert.equal((await core.getTeams('local')).length, 1);
  });

  it('reports the type and message of an error', async () => {
    const core = await connect().getCoreApi();
    await assert.rejects(core.createTeam({ name: 'local team' }, 'local'), (error: unknown) => {
      const { statusCode, message, result } = error as {
        statusCode: number;
        message: string;
        result: { typeKey: string };
      };
      assert.deepEqual([statusCode, result.typeKey], [400, 'TeamAlreadyExistsException']);
      assert.match(message, /^VS402904/);
      return true;
    });
  });
});
