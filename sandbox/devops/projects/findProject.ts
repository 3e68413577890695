import type { Caller } from '../identities/caller';
import { namespaceIds } from '../identities/namespaces';
import type { OrganizationState } from '../organizationState';
import { projectNotFound } from './errors';
import type { Project } from './project';
import { projectToken } from './projectGroups';

/** Whether a caller may know that a project exists. */
export const seesProject = (caller: Caller, project: Project): boolean =>
  caller.may(namespaceIds.project, projectToken(project), 1);

/** By name or id. @throws OrganizationError when it does not exist, or may not be seen */
export function findProject(state: OrganizationState, caller: Caller, nameOrId: string): Project {
  const project = state.projects.find(nameOrId);
  if (!project || !seesProject(caller, project)) throw projectNotFound(nameOrId);
  return project;
}
