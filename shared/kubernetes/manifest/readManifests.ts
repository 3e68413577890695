import { boolYaml11Tag, intCoreTag, loadAll, YAMLException } from 'js-yaml';
import { TaskError } from '../../errors';
import type { DocumentPath } from '../../finding';
import { documentLines } from '../../yaml/documentLines';
import { readLeniently } from '../../yaml/lenient';
import { countValues, valueOf, WrittenScalar, writtenSchema, type Written } from '../../yaml/written';
import type { KubernetesObject } from '../client/resource';
import { isManifestText } from './textFields';

/** A file of a team's own manifests. */
export interface ManifestFile {
  /** For messages. */
  readonly name: string;
  readonly text: string;
}

/** Of one document, with aliases written out. */
const mostValues = 1_000_000;

/** YAML 1.1 integers, in which `0644` is octal. */
const octalInteger = {
  ...intCoreTag,
  resolve(source: string, isExplicit: boolean, tagName: string) {
    const [, sign, digits] = /^([-+]?)0([0-7]+)$/.exec(source) ?? [];
    if (digits === undefined) return intCoreTag.resolve(source, isExplicit, tagName);
    return parseInt(digits, 8) * (sign === '-' ? -1 : 1);
  },
};
/** As kubectl reads YAML (sigs.k8s.io/yaml): `yes` and `on` are true, times are strings. */
const schema = writtenSchema({ bool: boolYaml11Tag, int: octalInteger });

/**
 * Reads YAML or JSON files that contain Kubernetes objects, one or more each, in order. A number or a boolean is the text
 * that was written where Kubernetes is known to have text, such as in labels. Throws a TaskError that lists all problems.
 */
export function readManifests(files: readonly ManifestFile[]): readonly KubernetesObject[] {
  const problems: string[] = [];
  const found = new Map<string, KubernetesObject>();
  for (const { name, text } of files) {
    const yaml = text.replace(/^\uFEFF/, '');
    let documents: readonly Written[] = [];
    try {
      documents = readLeniently(yaml, (each) => loadAll(each, { schema })) as readonly Written[];
    } catch (error) {
      if (!(error instanceof YAMLException)) throw error;
      const line = error.mark ? `, line ${error.mark.line + 1}` : '';
      problems.push(`${name}${line}: not valid YAML: ${error.reason}.`);
    }
    for (const [index, document] of documents.entries()) {
      const where = documents.length > 1 ? `${name}, document ${index + 1}` : name;
      // A file may end with a separator, or contain only comments.
      if (isEmpty(document)) continue;
      if (countValues(document) > mostValues) {
        problems.push(`${where}: it holds more than ${mostValues} values.`);
        continue;
      }
      for (const { written, path } of itemsOf(document)) {
        const infinite: DocumentPath[] = [];
        const object = objectOf(written, (at) => void infinite.push([...path, ...at]));
        const lines = infinite.map(infinite.length > 0 ? documentLines(yaml, index) : () => 0);
        for (const line of lines) problems.push(`${name}, line ${line}: .inf and .nan must be in quotes.`);
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

function isEmpty(document: Written | undefined): boolean {
  return document === undefined || (document instanceof WrittenScalar && document.value === null);
}

/** The items of a list, or the document itself, and where they are in it. */
function itemsOf(document: Written): readonly { readonly written: Written; readonly path: DocumentPath }[] {
  const { kind, items } = document as { readonly kind?: unknown; readonly items?: unknown };
  return typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items)
    ? (items as readonly Written[]).map((written, index) => ({ written, path: ['items', index] }))
    : [{ written: document, path: [] }];
}

function objectOf(written: Written, onInfinite: (path: DocumentPath) => void): KubernetesObject {
  const { kind } = written as { readonly kind?: unknown };
  const textAt = (path: DocumentPath) => isManifestText(typeof kind === 'string' ? kind : '', path);
  return valueOf(written, { textAt, onInfinite }) as KubernetesObject;
}

function objectProblem(object: KubernetesObject | null): string | undefined {
  if (typeof object !== 'object' || object === null || Array.isArray(object)) return 'it is not a Kubernetes object.';
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
