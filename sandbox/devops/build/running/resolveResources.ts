import type { OrganizationState } from '../../organizationState';
import type { Identity } from '../../identities/identity';
import { ServiceEndpoints } from '../../resources/endpoints/serviceEndpoints';
import { Environments } from '../../resources/environments/environments';
import { PipelinePermissions } from '../../resources/permissions/pipelinePermissions';
import { protectionOf, type ProtectedResource } from '../../resources/protection';
import { VariableGroups } from '../../resources/variableGroups/variableGroups';
import type { Definition } from '../definitions/definition';
import { Queues } from '../pools/queues';
import type { RunnerResource } from './pipelineRunner';
import { findRepositoryByName } from './sources';

const authorization = 'For authorization details, refer to https://aka.ms/yamlauthz.';

/** What a name in YAML stands for; a text says why it stands for nothing. Undefined for what needs no permission. */
export function resolveResource(
  state: OrganizationState,
  { projectId, content }: Definition,
  { type, name }: RunnerResource,
): ProtectedResource | string | undefined {
  switch (type) {
    case 'environment': {
      const found = state.of(Environments).byName(projectId, name);
      return found
        ? { type, id: String(found.id) }
        : `Environment ${name} could not be found. The environment does not exist or has not been authorized for use. ${authorization}`;
    }
    case 'variablegroup': {
      const found = state.of(VariableGroups).byName(projectId, name);
      return found
        ? { type, id: String(found.id) }
        : `Variable group ${name} could not be found. The variable group does not exist or has not been authorized for use. ${authorization}`;
    }
    case 'endpoint': {
      const found = state.of(ServiceEndpoints).find(projectId, name);
      return found
        ? { type, id: found.id }
        : `The service connection ${name} could not be found. The service connection does not exist, has been disabled or has not been authorized for use. ${authorization}`;
    }
    case 'queue': {
      const found = state.of(Queues).byName(projectId, name);
      return found
        ? { type, id: String(found.id) }
        : `Could not find a pool with name ${name}. The pool does not exist or has not been authorized for use. ${authorization}`;
    }
    case 'repository': {
      const found = findRepositoryByName(state, projectId, name);
      if (!found)
        return `The repository ${name} in project ${state.projects.find(projectId)?.name ?? ''} could not be retrieved. Verify the name and credentials being used.`;
      // The repository of the pipeline itself needs no permission.
      return found.id === content.repository.id ? undefined : { type, id: `${found.projectId}.${found.id}` };
    }
  }
}

/**
 * An environment that does not exist is created for a run of somebody who may create environments, and its pipeline may
 * use it: https://learn.microsoft.com/azure/devops/pipelines/process/environments#create-an-environment
 */
export function createEnvironments(
  state: OrganizationState,
  { projectId, id }: Definition,
  names: readonly RunnerResource[],
  requester: Identity,
): void {
  const { namespaceId, token } = protectionOf('environment');
  const createBit = 32;
  for (const { type, name } of names) {
    if (type !== 'environment' || name.includes('$(') || state.of(Environments).byName(projectId, name)) continue;
    if (!state.security.allows(requester, namespaceId, token(projectId), createBit)) continue;
    const environment = state.of(Environments).add(projectId, name, '', requester.id);
    state.of(PipelinePermissions).grant(projectId, { type, id: String(environment.id) }, id, requester.id);
  }
}
