import { readFile, stat } from 'node:fs/promises';
import { relative } from 'node:path';
import type { Report } from '../../shared/variables/origin';
import type { VariableSources } from '../../shared/variables/resolveVariables';
import { readVariableFile } from '../../shared/variables/variableFile';
import { readVariableSchema, shippedSchema } from '../../shared/variables/schema/variableSchema';

interface Files {
  readonly modelFile: string;
  readonly baseFile: string | undefined;
  readonly schemaFile: string | undefined;
}

type Reader<Value> = (text: string, source: string, report: Report) => Value | undefined;

/** Reads the given files; undefined when one can't be read. Origins name them by their path relative to the folder. */
export async function readSources(
  { modelFile, baseFile, schemaFile }: Files,
  folder: string,
  report: Report,
): Promise<Pick<VariableSources, 'base' | 'model' | 'schema'> | undefined> {
  const read = async <Value>(file: string, reader: Reader<Value>): Promise<Value | undefined> => {
    const source = relative(folder, file).replaceAll('\\', '/');
    const text = await readText(file, (message) => report({ source }, message));
    return text === undefined ? undefined : reader(text, source, report);
  };
  const base = baseFile === undefined ? undefined : await read(baseFile, readVariableFile);
  const model = await read(modelFile, readVariableFile);
  const schema = schemaFile === undefined ? shippedSchema() : await read(schemaFile, readVariableSchema);
  return model && schema && (base ?? baseFile === undefined) ? { model, schema, ...(base && { base }) } : undefined;
}

async function readText(file: string, refuse: (message: string) => void): Promise<string | undefined> {
  const { size } = await stat(file);
  if (size > 1024 * 1024) {
    refuse('is larger than 1 MiB.');
    return undefined;
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    refuse('is not UTF-8 text.');
    return undefined;
  }
}
