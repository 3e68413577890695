import type { Host } from '../host/host';
import { useHost } from '../kit/hubContext';
import { useLoaded } from '../kit/useLoaded';

/** `unknown`: Azure DevOps did not say. */
export type Administrator = 'asked' | 'yes' | 'no' | 'unknown';

/** The permission Edit project-level information: https://learn.microsoft.com/azure/devops/organizations/security/namespace-reference */
const projectNamespace = '52d39943-cb85-4d7f-8fa8-c6baac873819';
const editProject = 2;

/** Whether the person administers the project. The page only shows it; it protects nothing. */
export function useAdministrator(): Administrator {
  const host = useHost();
  const [permitted] = useLoaded(`administrator/${host.project.id}`, () => mayEditProject(host));
  if (permitted.kind === 'loading') return 'asked';
  if (permitted.kind === 'failed' || permitted.value === undefined) return 'unknown';
  return permitted.value ? 'yes' : 'no';
}

/**
 * Whether the person may edit the project; undefined where the answer does not say.
 * Source: https://learn.microsoft.com/rest/api/azure/devops/security/permissions/has-permissions
 * @throws RestError
 */
export async function mayEditProject({ rest, project }: Pick<Host, 'rest' | 'project'>): Promise<boolean | undefined> {
  const token = encodeURIComponent(`$PROJECT:vstfs:///Classification/TeamProject/${project.id}`);
  const url = `/_apis/permissions/${projectNamespace}/${editProject}?tokens=${token}&api-version=7.1`;
  const answer = await rest.json({ method: 'GET', url });
  const list: unknown = typeof answer === 'object' && answer !== null && 'value' in answer ? answer.value : undefined;
  const first: unknown = Array.isArray(list) ? list[0] : undefined;
  return typeof first === 'boolean' ? first : undefined;
}
