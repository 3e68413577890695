import { type JsonObject, objectOf, textOf } from '../json';
import { isAllowed } from './authorization';
import { type KubernetesUser, mastersGroup, type Rule } from './users';

const apiVersion = 'authorization.k8s.io/v1';

/** Answers a SelfSubjectAccessReview: whether the sender may do something. */
export function reviewAccess(user: KubernetesUser, body: JsonObject): JsonObject {
  const spec = objectOf(body.spec);
  const wanted = objectOf(spec.resourceAttributes);
  const read = (name: string) => textOf(wanted[name]);
  const isAsking = spec.resourceAttributes !== undefined;
  const attempt = {
    verb: read('verb'),
    group: read('group'),
    resource: read('resource'),
    subresource: read('subresource'),
    namespace: read('namespace'),
    name: read('name'),
  };
  // Every authenticated user may read paths that are not resources.
  const allowed = isAsking ? isAllowed(user, attempt) : true;
  const reason =
    allowed && user.groups.includes(mastersGroup)
      ? { reason: 'RBAC: allowed by ClusterRoleBinding "cluster-admin"' }
      : {};
  return {
    kind: 'SelfSubjectAccessReview',
    apiVersion,
    metadata: { creationTimestamp: null },
    spec,
    status: { allowed, ...reason },
  };
}

/** Answers a SelfSubjectRulesReview: everything that the sender may do in a namespace. */
export function reviewRules(user: KubernetesUser, body: JsonObject): JsonObject {
  const namespace = textOf(objectOf(body.spec).namespace);
  const all: Rule = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] };
  const rules = user.groups.includes(mastersGroup) ? [all] : (user.rules ?? []);
  const resourceRules = rules
    .filter(({ namespaces }) => namespaces === undefined || namespaces.includes(namespace))
    .map(({ verbs, apiGroups, resources, resourceNames }) => ({
      verbs: [...verbs],
      apiGroups: [...apiGroups],
      resources: [...resources],
      ...(resourceNames && { resourceNames: [...resourceNames] }),
    }));
  const nonResourceRules = [
    { verbs: ['get'], nonResourceURLs: ['/api', '/api/*', '/apis', '/apis/*', '/version', '/openapi', '/openapi/*'] },
  ];
  return {
    kind: 'SelfSubjectRulesReview',
    apiVersion,
    metadata: { creationTimestamp: null },
    spec: {},
    status: { resourceRules, nonResourceRules, incomplete: false },
  };
}
