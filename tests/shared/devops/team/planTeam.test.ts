import assert from 'node:assert/strict';
import { namespaceIds } from '../../../../sandbox/devops/identities/namespaces';
import { StuckError } from '../../../../shared/devops/change';
import { connectDevops } from '../../../../shared/devops/connect';
import type { TeamDocument } from '../../../../shared/devops/team/document';
import { planTeam, type TeamPlan } from '../../../../shared/devops/team/planTeam';
import type { WantedTeam } from '../../../../shared/devops/team/wanted';
import { UnresolvedError } from '../../../../shared/devops/unresolvedError';
import { FixedToken } from '../../../../shared/identity/fixedToken';
import { DevopsStage } from '../../../support/devopsStage';
import { testContext } from '../../../support/testContext';

describe('planTeam', () => {
  let stage: DevopsStage;
  before(async () => (stage = await DevopsStage.open()));
  after(() => stage.close());

  function plan(team: TeamDocument, further: Omit<WantedTeam, 'project' | 'team'> = {}): Promise<TeamPlan> {
    const context = testContext({ clock: stage.clock });
    const url = stage.organization.state.url('').replace(/\/$/, '');
    const tokens = new FixedToken('the token', stage.organization.personalAccessToken, context.agent);
    const devops = connectDevops({ kind: 'token', tokens }, url, context);
    return planTeam(devops, { project: stage.project, team, ...further }, context);
  }

  const repository = { name: 'churn', defaultBranch: 'refs/heads/main', files: new Map<string, Uint8Array>() };

  it('plans permissions on a repository, and members, that the same plan creates', async () => {
    const { team, changes } = await plan(
      { name: 'Churn', members: ['Reviewers', '[local]\\reviewers'], repositoryPermissions: ['contribute'] },
      { repository: 'CHURN', planned: { repository, teams: ['reviewers'] } },
    );
    assert.equal(team, undefined);
    assert.deepEqual(
      changes.map(({ kind, what, differences }) => [kind, what, ...differences]),
      [
        ['create', "Team 'Churn' in project 'local'"],
        ['create', "Members of the team 'Churn'", '+ [local]\\reviewers'],
        ['create', "Permissions of the team 'Churn' on the repository 'CHURN'", '+ Contribute'],
      ],
    );
    assert.deepEqual(stage.writes(), []);
  });

  it('prefers a planned team to somebody of its name elsewhere, and a team that exists to a planned one', async () => {
    const { identities } = stage.organization.state;
    identities.addUser({ principalName: 'x@contoso.com', displayName: 'Experts' });
    const further = { planned: { teams: ['experts'] } };
    const membersOf = async (): Promise<readonly string[] | undefined> =>
      (await plan({ name: 'Churn', members: ['Experts'] }, further)).changes[1]?.differences;
    assert.deepEqual(await membersOf(), ['+ [local]\\experts']);
    await (await plan({ name: 'experts' })).apply();
    const { apply } = await plan({ name: 'Guild', members: ['Experts'] }, further);
    const { id } = await apply();
    const members = identities.related(identities.byId(id) ?? assert.fail(), 'down');
    assert.deepEqual(
      members.map(({ principalName }) => principalName),
      ['[local]\\experts'],
    );
  });

  it('takes a repository that exists for the planned one of its name', async () => {
    stage.addRepository('churn');
    const further = { repository: 'churn', planned: { repository } };
    const { apply } = await plan({ name: 'Churn', repositoryPermissions: ['contribute'] }, further);
    const { id } = await apply();
    const again = await plan({ name: 'Churn', repositoryPermissions: ['contribute'] }, further);
    assert.deepEqual([again.team?.id, ...again.changes.map(({ kind }) => kind)], [id, 'unchanged', 'unchanged']);
  });

  it('trims names and descriptions as the service does', async () => {
    const document = { name: ' Trimmed ', description: ' text ', administrators: [' [local]\\Contributors '] };
    await (await plan(document)).apply();
    const { team, changes } = await plan(document);
    assert.deepEqual([team?.name, team?.description], ['Trimmed', 'text']);
    assert.ok(changes.every(({ kind }) => kind === 'unchanged'));
  });

  it('has a change only for what the document describes', async () => {
    const { changes } = await plan({ name: 'Fraud', members: [], administrators: [] });
    assert.deepEqual(
      changes.map(({ kind, what }) => `${kind} ${what}`),
      ["create Team 'Fraud' in project 'local'", "unchanged Members of the team 'Fraud'"],
    );
  });

  it('makes no change if one cannot be made', async () => {
    const { id } = await (await plan({ name: 'Stuck' })).apply();
    const { security, identities } = stage.organization.state;
    const { descriptor } = identities.groupNamed('Readers', stage.projectId);
    security.set(namespaceIds.identity, `${stage.projectId}\\${id}`, descriptor, { allow: 0, deny: 1 });
    stage.organization.requests.clear();
    const stuck = await plan({ name: 'Stuck', description: 'x', administrators: ['Readers'] });
    await assert.rejects(stuck.apply(), StuckError);
    assert.deepEqual(stage.writes(), []);
  });

  it('names where in the document a name is that is not found', async () => {
    const error: unknown = await plan({ name: 'Fraud', members: ['x@y.z'], administrators: ['nobody'] }).catch(
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof UnresolvedError, String(error));
    assert.deepEqual(
      error.findings.map(({ path }) => path),
      [
        ['members', 0],
        ['administrators', 0],
      ],
    );
  });
});
