import assert from 'node:assert/strict';
import { task } from '../../tasks/CreateTeam/task';
import type { DevopsStage } from '../support/devopsStage';
import type { FakeAgent } from '../support/fakeAgent';
import { entraGroup, openTeamStage, teamOf, whole, type Given } from './createTeamStage';

describe('CreateTeam, with names that are not found,', () => {
  let stage: DevopsStage;
  beforeEach(async () => (stage = await openTeamStage()));
  afterEach(() => stage.close());

  const run = (inputs: Given): Promise<FakeAgent> => stage.run(task, inputs);

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
