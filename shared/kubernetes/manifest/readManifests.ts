import { boolYaml11Tag, CORE_SCHEMA, defineScalarTag, intCoreTag, loadAll, mergeTag, YAMLException } from 'js-yaml';
import { TaskError } from '../../errors';
import type { KubernetesObject } from '../client/resource';

/** A file of a team's own manifests. */
export interface ManifestFile {
  /** For messages. */
  readonly name: string;
  readonly text: string;
}

/** YAML 1.1 integers, in which `0644` is octal. */
const octalInteger = defineScalarTag<number>(intCoreTag.tagName, {
  ...intCoreTag,
  resolve(source, isExplicit, tagName) {
    const [, sign, digits] = /^([-+]?)0([0-7]+)$/.exec(source) ?? [];
    if (digits === undefined) return intCoreTag.resolve(source, isExplicit, tagName);
    return parseInt(digits, 8) * (sign === '-' ? -1 : 1);
  },
});
/** As kubectl reads YAML (sigs.k8s.io/yaml): `yes` and `on` are true, times are strings. */
const schema = CORE_SCHEMA.withTags(mergeTag, boolYaml11Tag, octalInteger);

/**
 * Reads YAML or JSON files that contain Kubernetes objects, one or more each, in order. Throws a TaskError that lists all
 * problems.
 */
export function readManifests(files: readonly ManifestFile[]): readonly KubernetesObject[] {
  const problems: string[] = [];
  const found = new Map<string, KubernetesObject>();
  for (const { name, text } of files) {
    let documents: readonly unknown[] = [];
    try {
      documents = loadAll(text.replace(/^\uFEFF/, ''), { schema });
    } catch (error) {
      if (!(error instanceof YAMLException)) throw error;
      const line = error.mark ? `, line ${error.mark.line + 1}` : '';
      problems.push(`${name}${line}: not valid YAML: ${error.reason}.`);
    }
    for (const [index, document] of documents.entries()) {
      const where = documents.length > 1 ? `${name}, document ${index + 1}` : name;
      // A file may end with a separator, or contain only comments.
      if (document === null || document === undefined) continue;
      for (const object of itemsOf(document)) {
        const problem = objectProblem(object);
        if (problem !== undefined) {
          problems.push(`${where}: ${problem}`);
          continue;
        }
        const key = keyOf(object);
        if (found.has(key)) problems.push(`${where}: ${key} is defined twice.`);
        found.set(key, object);
      }
    }
  }
  if (problems.length === 0 && found.size === 0) problems.push('They contain no object.');
  if (problems.length > 0)
    throw new TaskError(`The manifests can't be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  return [...found.values()];
}

/** The items of a list, or the document itself. */
function itemsOf(document: unknown): readonly KubernetesObject[] {
  const { kind, items } = document as { readonly kind?: unknown; readonly items?: unknown };
  return typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items)
    ? (items as readonly KubernetesObject[])
    : [document as KubernetesObject];
}

function objectProblem(object: KubernetesObject): string | undefined {
  if (typeof object !== 'object' || Array.isArray(object)) return 'it is not a Kubernetes object.';
  const { apiVersion, kind, metadata } = object;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string')
    return 'apiVersion or kind is missing. Is it a Kubernetes manifest?';
  if (typeof metadata?.name !== 'string') return `the ${kind} has no metadata.name.`;
  return undefined;
}

function keyOf({ kind, metadata }: KubernetesObject): string {
  const { name = '', namespace } = metadata ?? {};
  return `${kind} ${name}${namespace === undefined ? '' : ` in ${namespace}`}`;
}
