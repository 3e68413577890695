import { boolYaml11Tag, intCoreTag, loadAll, YAMLException } from 'js-yaml';
import { TaskError } from '../../errors';
import type { DocumentPath } from '../../finding';
import { documentLines } from '../../yaml/documentLines';
import { readLeniently, reasonOf } from '../../yaml/lenient';
import { isTooDeep } from '../../yaml/located';
import { inMebibytes, sizeOf, sizeProblem, valueOf, writtenSchema, type Written } from '../../yaml/written';
import { isMap, type Json } from '../../json';
import { kindKeyOf, titleOf, type KubernetesObject } from '../client/resource';
import { withoutBlanks } from './objects/blanks';
import { isNull, itemsOf, placeOf, type Item } from './objects/items';
import { shapeProblems } from './objects/shape';
import { isManifestText } from './textFields';

/** A file of a team's own manifests. */
export interface ManifestFile {
  /** For messages. */
  readonly name: string;
  readonly text: string;
}

/** Of all files. They are read at once, within about a second, in which a cancellation is not noticed. */
const mostCharacters = 4 * 1024 * 1024;
/** Of all documents, with aliases written out. */
const limits = { values: 100_000, characters: 2 * mostCharacters };
/** More than the 1.5 MiB that etcd accepts by default (`--max-request-bytes`, https://etcd.io/docs/v3.5/dev-guide/limit/). */
const objectLimits = { ...limits, characters: 2 * 1024 * 1024 };
const mostProblems = 100;

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
 * that was written where Kubernetes is known to have text, such as in labels; a field that is left blank is not set.
 * Throws a TaskError that lists all problems.
 */
export function readManifests(files: readonly ManifestFile[]): readonly KubernetesObject[] {
  const problems: string[] = [];
  const found: Located[] = [];
  let values = 0;
  if (files.reduce((characters, { text }) => characters + text.length, 0) > mostCharacters)
    throw new TaskError(
      `The manifests are larger than ${inMebibytes(mostCharacters)} in all. Deploy them in several steps.`,
    );
  for (const file of files) {
    const yaml = file.text.replace(/^\uFEFF/, '');
    const { documents, problem } = documentsOf(file.name, yaml);
    if (problem !== undefined) problems.push(problem);
    for (const [index, document] of documents.entries()) {
      const where = documents.length > 1 ? `${file.name}, document ${index + 1}` : file.name;
      // A file may end with a separator, or contain only comments.
      if (isNull(document)) continue;
      const size = sizeOf(document);
      const tooLarge = sizeProblem(size, limits);
      if (tooLarge !== undefined) {
        problems.push(`${where}: it ${tooLarge}.`);
        continue;
      }
      values += size.values;
      if (values > limits.values)
        throw new TaskError(
          `The manifests hold more than ${limits.values} values in all. Deploy them in several steps.`,
        );
      const lineOf = onlyOnce(() => documentLines(yaml, index));
      const items = itemsOf(document);
      problems.push(...items.problems.map((each) => `${where}: ${each}`));
      for (const item of items.items) {
        const place = item.path.length === 0 ? where : `${where}, item ${placeOf(item.path)}`;
        const excess = sizeProblem(sizeOf(item.written), objectLimits);
        if (excess !== undefined) {
          problems.push(`${place}: it ${excess}, which Kubernetes does not accept.`);
          continue;
        }
        const { object, infinite } = valueIn(item);
        for (const line of infinite.map((at) => lineOf()(at)))
          problems.push(`${file.name}, line ${line}: .inf and .nan must be in quotes.`);
        const bad = objectProblems(object);
        problems.push(...bad.map((each) => `${place}: ${each}`));
        if (bad.length === 0) found.push({ where: place, object: object as KubernetesObject });
      }
    }
  }
  problems.push(...repetitions(found));
  if (problems.length === 0 && found.length === 0) problems.push('They contain no object.');
  if (problems.length > 0) throw unusable(problems);
  return found.map(({ object }) => object);
}

function unusable(problems: readonly string[]): TaskError {
  const more = problems.length > mostProblems ? [`and ${problems.length - mostProblems} more.`] : [];
  const lines = [...problems.slice(0, mostProblems), ...more].map((problem) => `  - ${problem}`);
  return new TaskError(`The manifests can't be used:\n${lines.join('\n')}`);
}

/** What is needed at most once, and rarely. */
function onlyOnce<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

interface Located {
  readonly where: string;
  readonly object: KubernetesObject;
}

function documentsOf(
  name: string,
  yaml: string,
): { readonly documents: readonly Written[]; readonly problem?: string } {
  try {
    return { documents: readLeniently(yaml, (each) => loadAll(each, { schema })) as readonly Written[] };
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const line = error.mark ? `, line ${error.mark.line + 1}` : '';
    const problem = isTooDeep(error) ? 'it is nested deeper than 100 levels' : `not valid YAML: ${reasonOf(error)}`;
    return { documents: [], problem: `${name}${line}: ${problem}.` };
  }
}

/** The value of an item, and where .inf and .nan are in its document. */
function valueIn({ written, path, implied }: Item): {
  readonly object: Json;
  readonly infinite: readonly DocumentPath[];
} {
  const { apiVersion, kind } = { ...implied, ...(written as Readonly<Record<string, unknown>>) };
  const kindKey = typeof apiVersion === 'string' && typeof kind === 'string' ? kindKeyOf({ apiVersion, kind }) : '';
  const textAt = (at: DocumentPath) => isManifestText(kindKey, at);
  const infinite: DocumentPath[] = [];
  const value = valueOf(written, { textAt, onInfinite: (at) => void infinite.push([...path, ...at]) });
  return { object: isMap(value) ? withoutBlanks({ ...implied, ...value }) : value, infinite };
}

function objectProblems(object: Json): readonly string[] {
  if (!isMap(object)) return ['it is not a Kubernetes object.'];
  const { apiVersion, kind, metadata } = object;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string')
    return ['apiVersion or kind is missing. Is it a Kubernetes manifest?'];
  const name = isMap(metadata) ? metadata['name'] : undefined;
  const title = typeof name === 'string' && name !== '' ? `${kind} ${name}` : `the ${kind}`;
  const problems = shapeProblems(object).map((problem) => `${title}: ${problem}`);
  if (isMap(metadata ?? {}) && (name === undefined || name === '')) problems.push(`the ${kind} has no metadata.name.`);
  return problems;
}

/**
 * Objects that are defined twice. Kinds are told apart by their group too, and not by their version. One that names no
 * namespace is in the one that the others name.
 */
function repetitions(found: readonly Located[]): readonly string[] {
  const named = new Set(found.flatMap(({ object }) => object.metadata?.namespace ?? []));
  const only = named.size === 1 ? [...named][0] : undefined;
  const seen = new Set<string>();
  return found.flatMap(({ where, object }) => {
    const namespace = object.metadata?.namespace ?? only ?? '';
    const key = `${kindKeyOf(object)} ${object.metadata?.name ?? ''} ${namespace}`;
    const isRepeated = seen.has(key);
    seen.add(key);
    return isRepeated ? [`${where}: ${titleOf(object)} is defined twice.`] : [];
  });
}
