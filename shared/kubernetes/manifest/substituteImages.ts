import type { PodSpec } from 'kubernetes-types/core/v1';
import { TaskError } from '../../errors';
import { isObject } from '../../json';
import { isOf, pods, titleOf, type KubernetesObject } from '../client/resource';
import { parseImage, repositoryOf } from './imageReference';

/** A container whose image was replaced. */
export interface Substitution {
  /** `Deployment score` */
  readonly object: string;
  readonly container: string;
  readonly from: string;
  readonly to: string;
}

export interface Substituted {
  readonly objects: readonly KubernetesObject[];
  readonly substitutions: readonly Substitution[];
}

/**
 * Replaces the image of every container that uses the same repository, whatever its tag or digest. Throws a TaskError that
 * lists images that are not valid, name a repository twice, or are used by no container.
 */
export function substituteImages(objects: readonly KubernetesObject[], images: readonly string[]): Substituted {
  const problems: string[] = [];
  const wanted = new Map<string, string>();
  for (const image of images) {
    const parsed = parseImage(image);
    if (!parsed) {
      problems.push(`${image} is not a valid image name. Example: registry.azurecr.io/name:tag.`);
      continue;
    }
    const repository = repositoryOf(parsed);
    if (wanted.has(repository)) problems.push(`${image} and ${wanted.get(repository) ?? ''} name the same repository.`);
    wanted.set(repository, image);
  }

  const substitutions: Substitution[] = [];
  const used = new Set<string>();
  const seen = new Set<string>();
  const changed = objects.map((object) =>
    withPodSpec(object, (spec) => {
      const renewed = <T extends { readonly name: string; readonly image?: string }>(containers: readonly T[]) =>
        containers.map((container) => {
          const { name, image: from = '' } = container;
          seen.add(from);
          const parsed = parseImage(from);
          const to = parsed && wanted.get(repositoryOf(parsed));
          if (to === undefined) return container;
          used.add(to);
          if (to !== from) substitutions.push({ object: titleOf(object), container: name, from, to });
          return { ...container, image: to };
        });
      return {
        ...spec,
        containers: renewed(spec.containers),
        ...(spec.initContainers && { initContainers: renewed(spec.initContainers) }),
      };
    }),
  );

  const present = [...seen].join(', ') || 'none';
  for (const image of wanted.values())
    if (!used.has(image)) problems.push(`${image} is not used by any container; the manifests use ${present}.`);
  if (problems.length > 0)
    throw new TaskError(`The images can't be substituted:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  return { objects: changed, substitutions };
}

interface WithTemplate {
  readonly spec?: {
    readonly template?: { readonly spec?: PodSpec };
    readonly jobTemplate?: { readonly spec?: { readonly template?: { readonly spec?: PodSpec } } };
  };
}

/** The object with its pod spec changed; unchanged, if it has none. */
function withPodSpec(object: KubernetesObject, change: (spec: PodSpec) => PodSpec): KubernetesObject {
  if (isOf(object, pods)) {
    const { spec } = object as { readonly spec?: PodSpec };
    return isPodSpec(spec) ? { ...object, ...{ spec: change(spec) } } : object;
  }
  const { spec } = object as WithTemplate;
  const { template, jobTemplate } = spec ?? {};
  if (isPodSpec(template?.spec))
    return { ...object, ...{ spec: { ...spec, template: { ...template, spec: change(template.spec) } } } };
  const inner = jobTemplate?.spec?.template;
  if (!isPodSpec(inner?.spec)) return object;
  const job = { ...jobTemplate?.spec, template: { ...inner, spec: change(inner.spec) } };
  return { ...object, ...{ spec: { ...spec, jobTemplate: { ...jobTemplate, spec: job } } } };
}

/** Kinds that are not known may have anything there. */
function isPodSpec(spec: PodSpec | undefined): spec is PodSpec {
  return isContainers(spec?.containers) && isContainers(spec?.initContainers ?? []);
}

function isContainers(containers: unknown): boolean {
  return Array.isArray(containers) && containers.every(isContainer);
}

function isContainer(container: unknown): boolean {
  return isObject(container) && ['string', 'undefined'].includes(typeof container['image']);
}
