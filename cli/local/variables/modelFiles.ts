import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { TaskError } from '../../../shared/errors';
import { fileError } from '../../../shared/files/fileError';
import { TimedPatterns } from '../../../shared/timedPatterns';
import { originText, type Origin, type Report } from '../../../shared/variables/origin';
import {
  resolveVariables,
  type Resolution,
  type ResolvedVariable,
  type VariableSources,
} from '../../../shared/variables/resolveVariables';
import { readVariableSchema, shippedSchema } from '../../../shared/variables/schema/variableSchema';
import { readVariableFile, type VariableFile } from '../../../shared/variables/variableFile';
import { UsageError } from '../../usageError';
import type { LocalCall, LocalSurroundings } from '../localCommand';
import { pathOption, textOption } from '../options';
import { hubFiles, type HubFiles } from './hubFiles';

const variablesFile = 'model_variables.yml';

/** The texts of the variable files of a model, as the pipelines of the template read them. */
export interface ModelFiles {
  readonly model: NamedText;
  readonly base?: NamedText;
  readonly schema?: NamedText;
}

export interface NamedText {
  /** Absolute. */
  readonly path: string;
  /** As problems name it: from the folder of the caller. */
  readonly name: string;
  readonly text: string;
}

/** One thing that is wrong with the variables. */
export interface VariableProblem {
  readonly origin: Origin;
  readonly message: string;
}

export interface Resolved extends Resolution {
  readonly problems: readonly VariableProblem[];
  /** What is needed to read a value as the schema and the files have it. */
  readonly sources: VariableSources | undefined;
}

/**
 * The files of the model that `--repository` and `--model` name: the only model of the repository without `--model`.
 * Throws a UsageError when there is no such model, or when it is not clear which.
 */
export async function readModelFiles(call: LocalCall, workingFolder: string): Promise<ModelFiles> {
  const repository = pathOption(call, 'repository', workingFolder) ?? workingFolder;
  const model = textOption(call, 'model') ?? (await onlyModel(repository));
  const read = (path: string) => readText(path, workingFolder);
  const modelPath = resolve(repository, model, variablesFile);
  if (!existsSync(modelPath))
    throw new UsageError([{ option: '--model', problem: `names a folder without ${variablesFile}: ${modelPath}` }]);
  const [basePath, schemaPath] = ['pipelines/base_variables.yml', 'model_variables.schema.json'].map((name) =>
    join(repository, name),
  );
  const base = basePath !== undefined && existsSync(basePath) ? await read(basePath) : undefined;
  const schema = schemaPath !== undefined && existsSync(schemaPath) ? await read(schemaPath) : undefined;
  return { model: await read(modelPath), ...(base && { base }), ...(schema && { schema }) };
}

async function onlyModel(repository: string): Promise<string> {
  const entries = await readdir(repository, { withFileTypes: true }).catch((error: unknown) => {
    throw fileError(repository, error);
  });
  const models = entries
    .filter((entry) => entry.isDirectory() && existsSync(join(repository, entry.name, variablesFile)))
    .map(({ name }) => name);
  const [only, ...others] = models;
  if (only === undefined)
    throw new UsageError([
      {
        option: '--repository',
        problem: `names a folder without a model, which has a ${variablesFile}: ${repository}`,
      },
    ]);
  if (others.length > 0)
    throw new UsageError([
      { option: '--model', problem: `is required, because the repository has several models: ${models.join(', ')}.` },
    ]);
  return only;
}

async function readText(path: string, workingFolder: string): Promise<NamedText> {
  const name = relative(workingFolder, path).replaceAll('\\', '/');
  try {
    const bytes = await readFile(path);
    return { path, name, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch (error) {
    if (error instanceof TypeError) throw new TaskError(`The file ${name} is not UTF-8 text.`, { cause: error });
    throw fileError(path, error);
  }
}

type ReadFiles = Pick<VariableSources, 'base' | 'schema'> & { readonly model: VariableFile };

function readFiles({ model, base, schema }: ModelFiles, report: Report): ReadFiles | undefined {
  const [modelFile, baseFile] = [model, base].map(
    (file) => file && readVariableFile(bare(file.text), file.name, report),
  );
  const rules = schema ? readVariableSchema(bare(schema.text), schema.name, report) : shippedSchema();
  if (!modelFile || !rules || (base && !baseFile)) return undefined;
  return { model: modelFile, base: baseFile, schema: rules };
}

/** The variables of the model in an environment, or of all environments, from its files alone, and all that is wrong with them. */
export function resolveModel(files: ModelFiles, environment: string | undefined): Resolved {
  const list = problemList();
  return resolveRead(readFiles(files, list.report), {}, environment, list);
}

function problemList(): { readonly problems: VariableProblem[]; readonly report: Report } {
  const problems: VariableProblem[] = [];
  return { problems, report: (origin, message) => void problems.push({ origin, message }) };
}

function resolveRead(
  read: ReadFiles | undefined,
  hub: HubFiles,
  environment: string | undefined,
  { problems, report }: ReturnType<typeof problemList>,
): Resolved {
  if (!read) return { variables: [], values: {}, problems, sources: undefined };
  const sources: VariableSources = {
    ...read,
    ...hub,
    patterns: new TimedPatterns(),
    ...(environment !== undefined && { environment: { name: environment, origin: { source: '--environment' } } }),
  };
  return { ...resolveVariables(sources, report), problems, sources };
}

/**
 * The variables of the model in the environment that was asked for, with the values of the hub where `--registry` asks for
 * them. Throws a TaskError that lists all problems.
 */
export async function resolvedVariables(
  call: LocalCall,
  surroundings: LocalSurroundings,
): Promise<readonly ResolvedVariable[]> {
  const environment = textOption(call, 'environment');
  const list = problemList();
  const read = readFiles(await readModelFiles(call, surroundings.workingFolder), list.report);
  const hub = read ? await hubFiles(call, surroundings, read.model, list.report) : {};
  const { variables, problems, sources } = resolveRead(read, hub, environment, list);
  const known = new Set(
    [sources?.base, sources?.hubBase, sources?.model, sources?.hubModel].flatMap((file) => [
      ...(file?.environments.keys() ?? []),
    ]),
  );
  const isUnnamed = environment === undefined && known.size > 0;
  const advice = isUnnamed ? `\nTo name an environment, use --environment: ${[...known].join(', ')}.` : '';
  refuseProblems(problems, 'The model variables are not valid', advice);
  return variables;
}

/** Throws a TaskError that lists the problems, if there are any. */
export function refuseProblems(problems: readonly VariableProblem[], what: string, advice = ''): void {
  if (problems.length === 0) return;
  const lines = new Set(problems.map(({ origin, message }) => `${originText(origin)}: ${message}`));
  throw new TaskError(`${what}:${[...lines].map((line) => `\n  - ${line}`).join('')}${advice}`);
}

function bare(text: string): string {
  return text.replace(/^\uFEFF/, '');
}
