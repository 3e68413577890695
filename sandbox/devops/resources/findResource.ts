import { Queues } from '../build/pools/queues';
import { GitStore } from '../git/repositories/gitStore';
import type { OrganizationState } from '../organizationState';
import { ServiceEndpoints } from './endpoints/serviceEndpoints';
import { Environments } from './environments/environments';
import type { ProtectedResource, ResourceType } from './protection';
import { VariableGroups } from './variableGroups/variableGroups';

/** What a request names by its kind and id; undefined when the project has no such resource. */
export function findResource(
  state: OrganizationState,
  projectId: string,
  type: ResourceType,
  id: string,
): (ProtectedResource & { readonly name: string }) | undefined {
  const name = nameOf(state, projectId, type, id);
  return name === undefined ? undefined : { type, id, name };
}

function nameOf(state: OrganizationState, projectId: string, type: ResourceType, id: string): string | undefined {
  switch (type) {
    case 'environment':
      return state.of(Environments).byId(projectId, Number(id))?.name;
    case 'variablegroup': {
      const reference = state.of(VariableGroups).byId(Number(id))?.reference;
      return reference?.projectId === projectId ? reference.name : undefined;
    }
    case 'endpoint': {
      const endpoint = state.of(ServiceEndpoints).byId(id);
      return endpoint?.references.find((each) => each.projectId === projectId)?.name;
    }
    case 'queue':
      return state.of(Queues).byId(projectId, Number(id))?.name;
    case 'repository':
      return repositoryName(state, id);
    case 'securefile':
      return undefined;
  }
}

/** The id is `{projectId}.{repositoryId}`. */
function repositoryName(state: OrganizationState, id: string): string | undefined {
  const [projectId = '', repositoryId = ''] = id.toLowerCase().split('.');
  return state.of(GitStore).find(projectId, repositoryId)?.name;
}
