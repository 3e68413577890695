import assert from 'node:assert/strict';
import { ClassificationNodes, fullPathOf } from '../../sandbox/devops/projects/classificationNodes';
import { task } from '../../tasks/CreateTeam/task';
import { itConverges } from '../support/devopsFaults';
import type { DevopsStage } from '../support/devopsStage';
import { openTeamStage, shownTeam, whole } from '../tasks/createTeamStage';

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

describe('CreateTeam, disturbed at any request', () => {
  itConverges('a new team', { task, open: openTeamStage, endState, inputs: () => ({ ...whole, areaPath: 'churn' }) });
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
      const stage = await openTeamStage();
      await stage.run(task, { teamName: 'Churn', members: 'ben@contoso.com' });
      return stage;
    },
  });
});
