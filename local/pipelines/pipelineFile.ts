import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { ToolError } from '../toolError';

/** The file of a pipeline that is named as in the template, from the root of the repository. */
export function fileOf(pipeline: string): string {
  return `pipelines/${pipeline}_pipeline.yml`;
}

/** `train` for `pipelines/train_pipeline.yml`; other files by their own name. */
export function pipelineName(file: string): string {
  return path
    .basename(file)
    .replace(/\.ya?ml$/i, '')
    .replace(/_pipeline$/, '');
}

export interface FoundPipeline {
  /** Absolute. */
  readonly repository: string;
  /** From the root of the repository, with slashes. */
  readonly file: string;
}

/**
 * The pipeline that a person means: a file, or the name of one as in the template. The repository of a file is the nearest
 * folder above it that has the folder `pipelines`, where none is given.
 * @throws ToolError when there is no such file, with what there is
 */
export function findPipeline(
  meant: string,
  { repository, workingFolder }: { readonly repository?: string | undefined; readonly workingFolder: string },
): FoundPipeline {
  const isName = /^\w+$/.test(meant);
  const root = repository ?? (isName ? workingFolder : repositoryOf(path.resolve(workingFolder, meant), workingFolder));
  const candidates = isName
    ? [path.join(root, fileOf(meant))]
    : [path.resolve(workingFolder, meant), path.resolve(root, meant)];
  const found = candidates.find((file) => existsSync(file));
  if (found === undefined) throw new ToolError(`There is no ${candidates[0] ?? meant}. ${hint(root)}`);
  const file = path.relative(root, found);
  if (file.startsWith('..') || path.isAbsolute(file))
    throw new ToolError(`${found} is not in the repository ${root}. Name the repository of the pipeline.`);
  return { repository: root, file: file.split(path.sep).join('/') };
}

function repositoryOf(file: string, otherwise: string): string {
  for (let folder = path.dirname(file); folder !== path.dirname(folder); folder = path.dirname(folder))
    if (existsSync(path.join(folder, 'pipelines', 'base_variables.yml')) || existsSync(path.join(folder, '.git')))
      return folder;
  return otherwise;
}

function hint(repository: string): string {
  const known = ['ci', 'train', 'evaluate', 'deploy'].filter((name) => existsSync(path.join(repository, fileOf(name))));
  if (known.length > 0) return `The pipelines of this repository are ${known.join(', ')}.`;
  return `${repository} is not a model repository: name one with --repository, or create one with mloccli init.`;
}

/** The parameters that a pipeline has: their names, and the defaults that are text. */
export function declaredParameters(repository: string, file: string): ReadonlyMap<string, string | undefined> {
  const { parameters } = mappingOf(parseOrNothing(readFileSync(path.join(repository, file), 'utf8')));
  const items = Array.isArray(parameters) ? (parameters as unknown[]).map(mappingOf) : [];
  return new Map(
    items.flatMap(({ name, default: value }) =>
      typeof name === 'string' ? [[name, typeof value === 'string' ? value : undefined] as const] : [],
    ),
  );
}

function parseOrNothing(text: string): unknown {
  try {
    return parse(text, { uniqueKeys: false, logLevel: 'silent' });
  } catch {
    // The run of the pipeline says what is wrong with the file, and where.
    return undefined;
  }
}

function mappingOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
