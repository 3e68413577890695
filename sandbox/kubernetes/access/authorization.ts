import { StatusError } from '../status';
import { type KubernetesUser, mastersGroup, type Rule } from './users';

/** What somebody wants to do. */
export interface Attempt {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
}

const covers = (list: readonly string[], value: string) => list.includes('*') || list.includes(value);

function allows(rule: Rule, attempt: Attempt): boolean {
  const resource = attempt.subresource ? `${attempt.resource}/${attempt.subresource}` : attempt.resource;
  return (
    covers(rule.verbs, attempt.verb) &&
    covers(rule.apiGroups, attempt.group) &&
    (covers(rule.resources, resource) ||
      (attempt.subresource !== '' && rule.resources.includes(`*/${attempt.subresource}`))) &&
    (rule.resourceNames === undefined || rule.resourceNames.includes(attempt.name)) &&
    (rule.namespaces === undefined || rule.namespaces.includes(attempt.namespace))
  );
}

const isAccessReview = ({ group, resource }: Attempt) =>
  group === 'authorization.k8s.io' && resource.startsWith('selfsubject');

export function isAllowed(user: KubernetesUser, attempt: Attempt): boolean {
  if (user.groups.includes(mastersGroup) || isAccessReview(attempt)) return true;
  return (user.rules ?? []).some((rule) => allows(rule, attempt));
}

/** Throws 403 with the message of the API server. */
export function authorize(user: KubernetesUser, attempt: Attempt): void {
  if (isAllowed(user, attempt)) return;
  const { verb, group, resource, subresource, namespace, name } = attempt;
  const title = (group ? `${resource}.${group}` : resource) + (name && ` "${name}"`);
  const full = subresource ? `${resource}/${subresource}` : resource;
  const where = namespace ? `in the namespace "${namespace}"` : 'at the cluster scope';
  throw new StatusError(
    403,
    'Forbidden',
    `${title} is forbidden: User "${user.name}" cannot ${verb} resource "${full}" in API group "${group}" ${where}`,
    { ...(name && { name }), ...(group && { group }), kind: resource },
  );
}
