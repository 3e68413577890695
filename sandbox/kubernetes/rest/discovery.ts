import type { JsonObject } from '../json';
import { apiVersionOf, type ResourceType, type Subresource } from '../resources';

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const proxyVerbs = ['create', 'delete', 'get', 'patch', 'update'];
const subresourceVerbs: Readonly<Record<Subresource, readonly string[]>> = {
  status: ['get', 'patch', 'update'],
  scale: ['get', 'patch', 'update'],
  log: ['get'],
  proxy: proxyVerbs,
  eviction: ['create'],
};

interface ReviewType {
  readonly kind: string;
  readonly plural: string;
}
const reviews: readonly ReviewType[] = [
  { kind: 'SelfSubjectAccessReview', plural: 'selfsubjectaccessreviews' },
  { kind: 'SelfSubjectRulesReview', plural: 'selfsubjectrulesreviews' },
];
const reviewGroup = 'authorization.k8s.io';

const subresourceKind = (type: ResourceType, subresource: Subresource) => {
  if (subresource === 'scale') return { group: 'autoscaling', version: 'v1', kind: 'Scale' };
  if (subresource === 'eviction') return { group: 'policy', version: 'v1', kind: 'Eviction' };
  if (subresource === 'proxy') return { group: '', version: 'v1', kind: `${type.kind}ProxyOptions` };
  return { group: type.group, version: type.version, kind: type.kind };
};

const groupsOf = (types: readonly ResourceType[]) => [
  ...new Set([...types.map(({ group }) => group).filter((group) => group !== ''), reviewGroup]),
];

/** Answers what a client asks to learn which resources there are; `undefined` for other paths. */
export function discover(types: readonly ResourceType[], path: string, accept: string): JsonObject | undefined {
  const version = /;v=(v2(?:beta1)?);/.exec(accept)?.[1];
  if ((path === '/api' || path === '/apis') && accept.includes('as=APIGroupDiscoveryList') && version)
    return aggregated(types, path === '/api', version);
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
  if (path === '/apis')
    return { kind: 'APIGroupList', apiVersion: 'v1', groups: groupsOf(types).map((group) => groupOf(types, group)) };
  const group = /^\/apis\/([^/]+)$/.exec(path)?.[1];
  if (group !== undefined && groupsOf(types).includes(group))
    return { ...groupOf(types, group), kind: 'APIGroup', apiVersion: 'v1' };
  const groupVersion = /^\/(?:api|apis)\/(v1|[^/]+\/[^/]+)$/.exec(path)?.[1];
  return groupVersion === undefined ? undefined : resourceList(types, groupVersion);
}

const versionOf = (types: readonly ResourceType[], group: string) =>
  types.find((type) => type.group === group)?.version ?? 'v1';

function groupOf(types: readonly ResourceType[], name: string): JsonObject {
  const version = versionOf(types, name);
  const preferred = { groupVersion: `${name}/${version}`, version };
  return { name, versions: [preferred], preferredVersion: preferred };
}

function resourceList(types: readonly ResourceType[], groupVersion: string): JsonObject | undefined {
  const resources = types
    .filter((type) => apiVersionOf(type) === groupVersion)
    .flatMap((type): JsonObject[] => [
      {
        name: type.plural,
        singularName: type.singular,
        namespaced: type.isNamespaced,
        kind: type.kind,
        verbs: [...verbs],
        ...(type.shortNames.length > 0 && { shortNames: [...type.shortNames] }),
        ...(type.isInAll && { categories: ['all'] }),
      },
      ...type.subresources.map((subresource): JsonObject => {
        const { group, version, kind } = subresourceKind(type, subresource);
        return {
          name: `${type.plural}/${subresource}`,
          singularName: '',
          namespaced: type.isNamespaced,
          kind,
          ...(group !== type.group && { group, version }),
          verbs: [...subresourceVerbs[subresource]],
        };
      }),
    ]);
  if (groupVersion === `${reviewGroup}/v1`) {
    for (const { kind, plural } of reviews)
      resources.push({ name: plural, singularName: kind.toLowerCase(), namespaced: false, kind, verbs: ['create'] });
  }
  return resources.length === 0 ? undefined : { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources };
}

function aggregated(types: readonly ResourceType[], isCore: boolean, version: string): JsonObject {
  const items = (isCore ? [''] : groupsOf(types)).map((group): JsonObject => {
    const resources = types.filter((type) => type.group === group).map(discoveryOf);
    if (group === reviewGroup) resources.push(...reviews.map(reviewDiscovery));
    return {
      metadata: { name: group, creationTimestamp: null },
      versions: [{ version: versionOf(types, group), resources, freshness: 'Current' }],
    };
  });
  return { kind: 'APIGroupDiscoveryList', apiVersion: `apidiscovery.k8s.io/${version}`, metadata: {}, items };
}

function discoveryOf(type: ResourceType): JsonObject {
  return {
    resource: type.plural,
    responseKind: { group: type.group, version: type.version, kind: type.kind },
    scope: type.isNamespaced ? 'Namespaced' : 'Cluster',
    singularResource: type.singular,
    verbs: [...verbs],
    ...(type.shortNames.length > 0 && { shortNames: [...type.shortNames] }),
    ...(type.isInAll && { categories: ['all'] }),
    ...(type.subresources.length > 0 && {
      subresources: type.subresources.map((subresource) => ({
        subresource,
        responseKind: subresourceKind(type, subresource),
        verbs: [...subresourceVerbs[subresource]],
      })),
    }),
  };
}

const reviewDiscovery = ({ kind, plural }: ReviewType): JsonObject => ({
  resource: plural,
  responseKind: { group: reviewGroup, version: 'v1', kind },
  scope: 'Cluster',
  singularResource: kind.toLowerCase(),
  verbs: ['create'],
});
