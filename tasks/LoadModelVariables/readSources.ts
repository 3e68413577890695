import { relative } from 'node:path';
import { FileError } from '../../shared/files/fileError';
import type { NamedFile } from '../../shared/files/namedFile';
import type { Report } from '../../shared/variables/origin';
import type { VariableSources } from '../../shared/variables/resolveVariables';
import { readVariableFile, type VariableFile } from '../../shared/variables/variableFile';
import { readVariableSchema, shippedSchema } from '../../shared/variables/schema/variableSchema';

interface Files {
  readonly modelFile: NamedFile;
  readonly baseFile: NamedFile | undefined;
  readonly schemaFile: NamedFile | undefined;
}

type Reader<Value> = (text: string, source: string, report: Report) => Value | undefined;

/** Reads the given files; undefined when one can't be read. Origins name them by their path relative to the folder. */
export function readSources(
  { modelFile, baseFile, schemaFile }: Files,
  folder: string,
  report: Report,
): (Pick<VariableSources, 'base' | 'schema'> & { readonly model: VariableFile }) | undefined {
  const read = <Value>(file: NamedFile, reader: Reader<Value>): Value | undefined => {
    const source = relative(folder, file.path).replaceAll('\\', '/');
    const text = readText(file, (message) => report({ source }, message));
    return text === undefined ? undefined : reader(text, source, report);
  };
  const base = baseFile === undefined ? undefined : read(baseFile, readVariableFile);
  const model = read(modelFile, readVariableFile);
  const schema = schemaFile === undefined ? shippedSchema() : read(schemaFile, readVariableSchema);
  return model && schema && (base ?? baseFile === undefined) ? { model, schema, ...(base && { base }) } : undefined;
}

const mostBytes = 1024 * 1024;

function readText(file: NamedFile, refuse: (message: string) => void): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(file.read(mostBytes));
  } catch (error) {
    if (error instanceof FileError) refuse(error.problem);
    else if (error instanceof TypeError) refuse('is not UTF-8 text.');
    else throw error;
    return undefined;
  }
}
