import { isAt } from '../../comparison/knownBehavior';
import type { DocumentPath } from '../../finding';

/**
 * Fields that are text in every kind of object that has them, and in which people write versions, numbers of builds and
 * flags. Source: https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.33/ (ObjectMeta, LabelSelector, PodSpec,
 * Container, EnvVar, ConfigMap, Secret).
 */
const paths = [
  '**.metadata.name',
  '**.metadata.namespace',
  '**.metadata.labels.*',
  '**.metadata.annotations.*',
  '**.matchLabels.*',
  '**.nodeSelector.*',
  '**.env.*.value',
  '**.containers.*.command.*',
  '**.containers.*.args.*',
  '**.initContainers.*.command.*',
  '**.initContainers.*.args.*',
];
const ofKinds: Readonly<Record<string, readonly string[]>> = {
  'ConfigMap.': ['data.*'],
  'Secret.': ['stringData.*'],
  'Service.': ['spec.selector.*'],
};

/** Whether an object of a kind, as `kindKeyOf` names it, has text at a path; undefined where that is not known. */
export function isManifestText(kindKey: string, path: DocumentPath): true | undefined {
  const names = path.map(String);
  return [...paths, ...(ofKinds[kindKey] ?? [])].some((one) => isAt(one, names)) || undefined;
}
