import { DamagedField, Fields, UnknownWord } from './fields';
import { readDeployment, readEvaluation, readJobRun, readVariables } from './readKinds';
import type { RunRecord } from '../../../shared/records/runRecord';

/** What an attachment says. */
export type DecodedRecord =
  | {
      readonly kind: 'record';
      readonly record: RunRecord;
      /** How many items each list lacks, by its name in the record, such as `variables`. */
      readonly cut: ReadonlyMap<string, number>;
    }
  /** A newer version of the extension wrote it. */
  | { readonly kind: 'newer' }
  | { readonly kind: 'damaged'; readonly reason: string };

const readersByKind: Readonly<Record<RunRecord['kind'], (fields: Fields) => RunRecord>> = {
  evaluation: readEvaluation,
  variables: readVariables,
  deployment: readDeployment,
  run: readJobRun,
};
const readers = new Map<string, (fields: Fields) => RunRecord>(Object.entries(readersByKind));

const format = 1;
/** Tasks cut what they write well below this. */
const mostCharacters = 4_000_000;

/** Decodes the text of an attachment. Fields and lists that the format does not have are ignored. */
export function decodeRecord(text: string): DecodedRecord {
  if (text.length > mostCharacters) return { kind: 'damaged', reason: 'The document is too large' };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'damaged', reason: 'The document is not JSON' };
  }
  try {
    return decodeFields(new Fields(value));
  } catch (error) {
    if (error instanceof UnknownWord) return { kind: 'newer' };
    if (error instanceof DamagedField) return { kind: 'damaged', reason: error.message };
    throw error;
  }
}

function decodeFields(fields: Fields): DecodedRecord {
  const written = fields.number('format');
  if (!Number.isInteger(written) || written < format) throw new DamagedField('format is not the number of a version');
  const read = readers.get(fields.text('kind'));
  if (written > format || !read) return { kind: 'newer' };
  return { kind: 'record', record: read(fields), cut: fields.optionalMap('cut', counts) ?? new Map() };
}

function counts(fields: Fields): ReadonlyMap<string, number> {
  return new Map(fields.names().map((name) => [name, fields.number(name)]));
}
