import { quantityOf } from '../quantity';
import type { Store } from '../store';
import type { Container, LimitRange, Pod, Resources } from '../types';

type Limit = LimitRange['spec']['limits'][number];

/** Adds what the limit ranges of the namespace set for containers that don't say it, in place. */
export function applyLimitRanges(store: Store, { metadata, spec }: Pod): void {
  for (const limit of limitsOf(store, metadata.namespace ?? '', 'Container'))
    for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
      const { requests = {}, limits = {} } = container.resources ?? {};
      const resources = {
        requests: { ...limit.default, ...limit.defaultRequest, ...requests },
        limits: { ...limit.default, ...limits },
      };
      container.resources = Object.fromEntries(
        Object.entries(resources).filter(([, amounts]) => Object.keys(amounts).length > 0),
      );
    }
}

/** Why the limit ranges of the namespace don't admit a pod. */
export function limitRangeDenial(store: Store, namespace: string, spec: Pod['spec']): string | undefined {
  const problems = [
    ...limitsOf(store, namespace, 'Container').flatMap((limit) =>
      spec.containers.flatMap(({ resources = {} }) => problemsWith(limit, resources)),
    ),
    ...limitsOf(store, namespace, 'Pod').flatMap((limit) => problemsWith(limit, sumOf(spec.containers))),
  ];
  return problems.length > 1 ? `[${problems.join(', ')}]` : problems[0];
}

function limitsOf(store: Store, namespace: string, type: string): readonly Limit[] {
  return store.list('limitranges', namespace).flatMap(({ spec }) => spec.limits.filter((limit) => limit.type === type));
}

/** The most severe problem with each resource, in the order of the API server. */
function problemsWith({ type, min = {}, max = {}, maxLimitRequestRatio = {} }: Limit, resources: Resources): string[] {
  const { requests = {}, limits = {} } = resources;
  const problems: string[] = [];
  for (const [name, least] of Object.entries(min)) {
    const rule = `minimum ${name} usage per ${type} is ${least}`;
    if (requests[name] === undefined) problems.push(`${rule}.  No request is specified`);
    else if (isMore(least, requests[name])) problems.push(`${rule}, but request is ${requests[name]}`);
    else if (limits[name] !== undefined && isMore(least, limits[name]))
      problems.push(`${rule}, but limit is ${limits[name]}`);
  }
  for (const [name, most] of Object.entries(max)) {
    const rule = `maximum ${name} usage per ${type} is ${most}`;
    if (limits[name] === undefined) problems.push(`${rule}.  No limit is specified`);
    else if (isMore(limits[name], most)) problems.push(`${rule}, but limit is ${limits[name]}`);
    else if (requests[name] !== undefined && isMore(requests[name], most))
      problems.push(`${rule}, but request is ${requests[name]}`);
  }
  for (const [name, most] of Object.entries(maxLimitRequestRatio)) {
    const rule = `${name} max limit to request ratio per ${type} is ${most}`;
    const ratio = quantityOf(limits[name]) / quantityOf(requests[name]);
    if (!quantityOf(requests[name])) problems.push(`${rule}, but no request is specified or request is 0`);
    else if (!quantityOf(limits[name])) problems.push(`${rule}, but no limit is specified or limit is 0`);
    else if (ratio > quantityOf(most)) problems.push(`${rule}, but provided ratio is ${ratio.toFixed(6)}`);
  }
  return problems;
}

function isMore(one: string, other: string): boolean {
  return quantityOf(one) > quantityOf(other);
}

/** Of a resource that all containers name. */
function sumOf(containers: readonly Container[]): Resources {
  const sum = (side: 'requests' | 'limits') => {
    const all = containers.map(({ resources }) => resources?.[side] ?? {});
    const names = Object.keys(all[0] ?? {}).filter((name) => all.every((amounts) => amounts[name] !== undefined));
    return Object.fromEntries(
      names.map((name) => [name, String(all.reduce((total, amounts) => total + quantityOf(amounts[name]), 0))]),
    );
  };
  return { requests: sum('requests'), limits: sum('limits') };
}
