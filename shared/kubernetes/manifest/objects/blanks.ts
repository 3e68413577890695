import type { DocumentPath } from '../../../finding';
import { isList, isMap, type Json, type JsonMap } from '../../../json';
import { groupOf } from '../../client/resource';

/** Maps with free names: a blank value is the empty text there, as Kubernetes reads it, and no missing field. */
const maps = new Set(['labels', 'annotations', 'matchLabels', 'nodeSelector', 'data', 'binaryData', 'stringData']);

/**
 * An object without the fields that were left blank: to Kubernetes they are not set. In kinds that are not its own a blank
 * value may have a meaning; of those only the metadata are read so.
 */
export function withoutBlanks(object: JsonMap): JsonMap {
  const { apiVersion, kind, metadata, ...rest } = object;
  // Elsewhere, a selector is a map of fields.
  const isFree = (path: DocumentPath): boolean =>
    maps.has(String(path.at(-1) ?? '')) || (kind === 'Service' && path.join('.') === 'spec.selector');
  const ofObject = isMap(metadata) ? placed(withoutNulls(metadata, isFree, ['metadata'])) : metadata;
  return {
    ...(apiVersion !== undefined && { apiVersion }),
    ...(kind !== undefined && { kind }),
    ...(ofObject !== undefined && ofObject !== null && { metadata: ofObject }),
    ...(isBuiltIn(apiVersion) ? withoutNulls(rest, isFree, []) : rest),
  };
}

/** The empty namespace is none. */
function placed({ namespace, ...metadata }: JsonMap): JsonMap {
  return namespace === undefined || namespace === '' ? metadata : { namespace, ...metadata };
}

type IsFree = (path: DocumentPath) => boolean;

function withoutNulls(map: JsonMap, isFree: IsFree, path: DocumentPath): JsonMap {
  const entries = Object.entries(map).flatMap(([name, value]): [string, Json][] => {
    if (value === undefined) return [];
    if (value === null) return isFree(path) ? [[name, '']] : [];
    return [[name, inside(value, isFree, [...path, name])]];
  });
  return Object.fromEntries(entries);
}

function inside(value: Json, isFree: IsFree, path: DocumentPath): Json {
  if (isList(value)) return value.map((item, index) => inside(item, isFree, [...path, index]));
  return isMap(value) ? withoutNulls(value, isFree, path) : value;
}

/** Kubernetes' own groups have no dot, or end as below; definitions of other kinds hold default values, which may be null. */
function isBuiltIn(apiVersion: Json | undefined): boolean {
  const group = groupOf({ apiVersion: typeof apiVersion === 'string' ? apiVersion : '' });
  if (group === 'apiextensions.k8s.io') return false;
  return !group.includes('.') || ownGroups.has(group);
}

/** https://kubernetes.io/docs/reference/kubernetes-api/ */
const ownGroups = new Set([
  'admissionregistration.k8s.io',
  'discovery.k8s.io',
  'networking.k8s.io',
  'node.k8s.io',
  'rbac.authorization.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
]);
