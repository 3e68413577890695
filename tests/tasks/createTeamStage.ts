import assert from 'node:assert/strict';
import type { Identity } from '../../sandbox/devops/identities/identity';
import { namespaceIds } from '../../sandbox/devops/identities/namespaces';
import { TeamSettingsStore } from '../../sandbox/devops/projects/teamSettings';
import { teamToken } from '../../sandbox/devops/projects/teams';
import { task } from '../../tasks/CreateTeam/task';
import { DevopsStage, type DevopsTry } from '../support/devopsStage';
import type { FakeAgent } from '../support/fakeAgent';

export type Given = Readonly<Record<string, string>>;

export const entraGroup = 'c0ffee00-0000-4000-8000-00000000000a';

/** With two people, a repository, and a group of Entra that the organization does not know. */
export async function openTeamStage(): Promise<DevopsStage> {
  const stage = await DevopsStage.open();
  stage.addRepository('churn');
  const { identities, directory } = stage.organization.state;
  identities.addUser({ principalName: 'ada@contoso.com', displayName: 'Ada' });
  identities.addUser({ principalName: 'ben@contoso.com', displayName: 'Ben' });
  directory.add({ objectId: entraGroup, kind: 'group', name: 'Data scientists' });
  return stage;
}

/** Inputs with all that a team can have. */
export const whole: Given = {
  teamName: 'Churn',
  description: 'Predicts churn',
  areaPath: 'models\\churn',
  members: `ada@contoso.com\n${entraGroup}`,
  administrators: 'ben@contoso.com',
  repository: 'churn',
  repositoryPermissions: 'contribute\ncreateBranch\ncontributeToPullRequests',
};

export function teamOf(stage: DevopsStage, name = 'Churn') {
  const { state } = stage.organization;
  const project = state.projects.find(stage.project) ?? assert.fail();
  const team = state.teams.find(project, name) ?? assert.fail(`no team ${name}`);
  return { state, project, team };
}

/** What a team is, by names: who is in it, who administers it, its areas, and what it may do with the repository. */
export function shownTeam(stage: DevopsStage, name = 'Churn') {
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

/** Somebody or something of the organization, by its name. */
export function identityOf(stage: DevopsStage, name: string): Identity {
  return stage.organization.state.identities.all().find(({ displayName }) => displayName === name) ?? assert.fail(name);
}

/** One try of the step, which must succeed. */
export async function succeeds(stage: DevopsStage, inputs: Given, options?: DevopsTry): Promise<FakeAgent> {
  const agent = await stage.run(task, inputs, options);
  assert.equal(agent.end.result, 'Succeeded', `${agent.end.message}\n${agent.text()}`);
  return agent;
}
