import { VariableGroups } from '../../../../sandbox/devops/resources/variableGroups/variableGroups';
import type { VariableGroup } from '../../../../sandbox/devops/resources/variableGroups/variableGroup';
import type { DevopsStage } from '../../../support/devopsStage';

/** The variables of a group, by their names. */
export type Kept = Readonly<
  Record<string, { readonly value?: string; readonly isSecret?: boolean; readonly isReadOnly?: boolean }>
>;

/** A group that somebody else has made. */
export function addGroup(stage: DevopsStage, name: string, variables: Kept, type = 'Vsts'): VariableGroup {
  const { state, administrator } = stage.organization;
  const entries = Object.entries(variables).map(
    ([key, { value = '', isSecret = false, ...further }]) => [key, { value, isSecret, further }] as const,
  );
  const reference = { projectId: stage.projectId, name, description: undefined };
  return state
    .of(VariableGroups)
    .add({ type, providerData: undefined, variables: new Map(entries), reference }, administrator.id);
}

/** The groups as the service keeps them, with the values of their secrets. */
export function variableGroupState(stage: DevopsStage): unknown {
  return stage.organization.state
    .of(VariableGroups)
    .ofProject(stage.projectId)
    .map(({ reference: { name, description }, type, variables }) => [
      name,
      description,
      type,
      Object.fromEntries(variables),
    ])
    .sort();
}
