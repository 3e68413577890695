import assert from 'node:assert/strict';
import { task } from '../../tasks/CreateTeam/task';
import type { DevopsStage } from '../support/devopsStage';
import type { FakeAgent } from '../support/fakeAgent';
import { identityOf, openTeamStage, shownTeam, succeeds, teamOf, whole, type Given } from './createTeamStage';

describe('CreateTeam, as the service behaves,', () => {
  let stage: DevopsStage;
  beforeEach(async () => (stage = await openTeamStage()));
  afterEach(() => stage.close());

  const run = (inputs: Given): Promise<FakeAgent> => stage.run(task, inputs);

  it('waits until what it did is visible, when reads show changes late', async () => {
    stage.organization.state.staleReads = 5;
    await succeeds(stage, whole);
    stage.organization.state.staleReads = 0;
    const { state, project } = teamOf(stage);
    assert.equal(state.teams.list(project).length, 2);
    stage.organization.requests.clear();
    assert.equal((await succeeds(stage, whole)).outputs['change'], 'unchanged');
  });

  it('takes the team of a lost answer that the list shows late for its own, and creates no second one', async () => {
    stage.organization.state.staleReads = 12;
    const path = '*/projects/*/teams';
    stage.organization.faults.add({ method: 'POST', path, effect: 'reset', when: 'after' });
    await succeeds(stage, whole);
    stage.organization.state.staleReads = 0;
    const { state, project } = teamOf(stage);
    assert.equal(state.teams.list(project).length, 2);
  });

  it('compares names and descriptions as the service trims them, and compares no number of members or administrators', async () => {
    const inputs = { ...whole, teamName: '  Churn ', description: ' Predicts churn  ' };
    await succeeds(stage, inputs);
    const { state, team } = teamOf(stage);
    state.identities.addMember(identityOf(stage, 'Ben'), team.identity);
    stage.organization.requests.clear();
    assert.equal((await succeeds(stage, inputs)).outputs['change'], 'unchanged');
    assert.deepEqual(stage.writes(), []);
  });

  it('takes the answer that somebody was a member already for a success, and checks it', async () => {
    await succeeds(stage, { teamName: 'Churn' });
    const path = '*/identities/*/members/*';
    stage.organization.faults.add({
      method: 'PUT',
      path,
      effect: 'status',
      status: 200,
      body: 'false',
      when: 'after',
    });
    await succeeds(stage, { teamName: 'Churn', members: 'ada@contoso.com' });
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
    await succeeds(stage, { teamName: 'Churn', members: names.join('\n') });
    const agent = await succeeds(stage, { teamName: 'Churn', members: 'ada@contoso.com' });
    assert.match(agent.text('log'), /Other members stay: person0@contoso\.com, .* and 30 more\./);
    assert.equal(shownTeam(stage).members.length, 51);
  });

  it('creates the area with the team, and sets it as the default', async () => {
    await succeeds(stage, { teamName: 'Churn', areaPath: 'models/churn' });
    assert.deepEqual(shownTeam(stage).areas, ['local\\models\\churn', 'local\\models\\churn true']);
    await succeeds(stage, { teamName: 'Fraud', areaPath: 'Local' });
    assert.deepEqual(shownTeam(stage, 'Fraud').areas, ['local', 'local true']);
  });

  it('sets a new area again that the service does not know everywhere yet', async () => {
    const body = JSON.stringify({ message: 'TF400499: The value is not an area of the project.', typeKey: 'X' });
    const path = '*/teamfieldvalues';
    stage.organization.faults.add({ method: 'PATCH', path, effect: 'status', status: 400, body, times: 2 });
    await succeeds(stage, { teamName: 'Churn', areaPath: 'churn' });
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
    await succeeds(stage, whole);
    assert.deepEqual(shownTeam(stage).members, ['Ada', 'Data scientists']);
  });
});
