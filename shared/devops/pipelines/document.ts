import { errorAt, documentPathText, type DocumentPath, type Finding } from '../../finding';
import type { Json } from '../../json';
import { documentSchema, type JsonSchema } from '../documentSchema';
import type { PlannedPipeline } from '../plannedObjects';
import { keyOf, type PlainValue } from '../variableGroups/document';
import schema from './pipelines.schema.json';

/**
 * `none`: nothing is queued. `queue`: a run is queued if the pipeline never ran. `wait`: the pipeline must have a run that
 * succeeded; one is queued if it never ran, and waited for.
 */
export type FirstRun = 'none' | 'queue' | 'wait';

/** A variable; the value of a secret is never in the document. */
export interface VariableEntry {
  readonly value?: PlainValue;
  readonly isSecret?: boolean;
  /** Whether people can set it when they queue a run. */
  readonly allowOverride?: boolean;
}

export interface CompletionTriggerEntry {
  /** A name, or a path. */
  readonly pipeline: string;
  readonly branches?: readonly string[];
}

/** A pipeline as a document describes it. */
export interface PipelineEntry {
  readonly name: string;
  readonly yamlFile: string;
  readonly folder?: string;
  readonly defaultBranch?: string;
  readonly variables?: Readonly<Record<string, PlainValue | VariableEntry>>;
  readonly completionTriggers?: readonly CompletionTriggerEntry[];
  readonly pool?: string;
  readonly firstRun?: FirstRun;
}

const written = documentSchema('list of pipelines', schema as JsonSchema);

/** The kind of document that holds a list of PipelineEntry. */
export const pipelinesSchema = {
  ...written,
  check(document: Json): readonly Finding[] {
    const found = written.check(document);
    return found.length > 0 ? found : pipelineFindings(document as unknown as readonly PipelineEntry[]);
  },
};

/** What no schema can say of entries that match it. `at` is where they are in the document. */
export function pipelineFindings(
  pipelines: readonly PipelineEntry[],
  { at = [], folder }: { readonly at?: DocumentPath; readonly folder?: string | undefined } = {},
): readonly Finding[] {
  const keys = pipelines.map((entry) => pathKey(folderOf(entry, folder), entry.name));
  return pipelines.flatMap((entry, index) => {
    const path = [...at, index];
    const first = keys.indexOf(keys[index] ?? '');
    const repeated = `is the name of ${documentPathText([...at, first])}, too, in the same folder.`;
    return [
      ...(first === index ? [] : [errorAt([...path, 'name'], repeated)]),
      ...variableFindings(entry.variables ?? {}, [...path, 'variables']),
      ...triggerFindings(entry.completionTriggers ?? [], [...path, 'completionTriggers']),
    ];
  });
}

/** Names of variables that tasks do not receive: https://learn.microsoft.com/azure/devops/pipelines/process/variables */
const reserved = /^(endpoint|input|path|secret|securefile)/i;

function variableFindings(variables: NonNullable<PipelineEntry['variables']>, path: DocumentPath): readonly Finding[] {
  const names = Object.keys(variables);
  const keys = names.map(keyOf);
  return names.flatMap((name, index): readonly Finding[] => {
    const at = [...path, name];
    const first = keys.indexOf(keyOf(name));
    if (name.trim() !== name || name === '') return [errorAt(at, 'must be a name without spaces around it.')];
    if (first !== index) return [errorAt(at, `is the same name as ${names[first]}.`)];
    const { value, isSecret = false } = variableOf(variables[name] ?? '');
    if (isSecret && value !== undefined)
      return [
        errorAt(
          at,
          'is a secret: its value does not belong into the document, where everybody can read it. Remove it.',
        ),
      ];
    if (!isSecret && value === undefined) return [errorAt(at, 'needs a value, or isSecret: true.')];
    const message = `${documentPathText(at)} is not available to tasks: its name begins with endpoint, input, path, secret or securefile.`;
    return reserved.test(name) ? [{ path: at, message, severity: 'warning' }] : [];
  });
}

function triggerFindings(triggers: readonly CompletionTriggerEntry[], path: DocumentPath): readonly Finding[] {
  const keys = triggers.map(({ pipeline }) => normalizedPath(pipeline).toLowerCase());
  return keys.flatMap((key, index) => {
    const first = keys.indexOf(key);
    return first === index
      ? []
      : [errorAt([...path, index], `is for the same pipeline as ${documentPathText([...path, first])}.`)];
  });
}

/** The long form of a variable. */
export function variableOf(given: PlainValue | VariableEntry): VariableEntry {
  return typeof given === 'object' ? given : { value: given };
}

/** The pipelines of a document, for what refers to them before they exist. */
export function plannedPipelines(
  pipelines: readonly PipelineEntry[],
  folder: string | undefined,
): readonly PlannedPipeline[] {
  return pipelines.map((entry) => ({ folder: folderOf(entry, folder), name: entry.name }));
}

/** `\`, or `\models\m1`. */
export function folderOf(entry: PipelineEntry, folder: string | undefined): string {
  return normalizedPath(entry.folder ?? folder ?? '');
}

/** `models/m1`, `\models\m1` and `models\m1\` are one folder: `\models\m1`. */
export function normalizedPath(path: string): string {
  const names = path
    .split(/[\\/]/)
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return `\\${names.join('\\')}`;
}

/** `main` and `refs/heads/main` are the same branch. */
export function fullBranchName(branch: string): string {
  return branch.startsWith('refs/') ? branch : `refs/heads/${branch}`;
}

/** A folder and a name as one path: `\models\m1\ci`. */
export function pipelinePath(folder: string, name: string): string {
  return `${folder === '\\' ? '' : folder}\\${name}`;
}

/** What tells one pipeline from another: Azure DevOps compares folders and names without regard to case. */
export function pathKey(folder: string, name: string): string {
  return pipelinePath(normalizedPath(folder), name.trim()).toLowerCase();
}
