import { ApiError } from '../../apiError';
import { isJsonObject, type Json, parseJson } from '../../json';
import type { InputRow } from './modelHost';

const formats = ['dataframe_records', 'dataframe_split', 'instances', 'inputs'];

const badRequest = (message: string) => new ApiError(400, 'BAD_REQUEST', message);
const requiredFormat = `The input must be a JSON dictionary with exactly one of the input fields {${formats
  .map((format) => `'${format}'`)
  .join(', ')}}`;

/**
 * The rows of a scoring request, in the four JSON formats of MLflow's scoring protocol, with the texts of its server
 * (`mlflow/pyfunc/scoring_server`).
 * @throws ApiError 400 BAD_REQUEST
 */
export function rowsOf(body: Buffer): readonly InputRow[] {
  let value: Json;
  try {
    value = parseJson(body.toString('utf8'));
  } catch (error) {
    throw badRequest(`Ensure that input is a valid JSON formatted string. Error: '${String(error)}'`);
  }
  if (Array.isArray(value)) throw badRequest(`${requiredFormat}. Received a list.`);
  if (!isJsonObject(value)) throw badRequest(`${requiredFormat}. Received unexpected input type '${typeof value}'.`);
  const object = value;
  const given = formats.filter((format) => Object.hasOwn(object, format));
  const [format] = given;
  if (format === undefined || given.length > 1)
    throw badRequest(`${requiredFormat}. Received dictionary with input fields: [${given.join(', ')}].`);
  const input = object[format];
  const rows =
    format === 'dataframe_split' ? splitRows(input) : format === 'inputs' ? columnRows(input) : listedRows(input);
  if (!rows)
    throw badRequest(
      `Failed to parse data as a DataFrame. Ensure that the input is a valid JSON-formatted Pandas DataFrame with the '${format}' orient.`,
    );
  return rows;
}

function listedRows(input: Json): readonly InputRow[] | undefined {
  if (!Array.isArray(input)) return undefined;
  const rows = input as readonly Json[];
  return rows.every((row): row is InputRow => isJsonObject(row) || Array.isArray(row)) ? rows : undefined;
}

/** `{"columns": ["a"], "data": [[1], [2]]}` */
function splitRows(input: Json): readonly InputRow[] | undefined {
  if (!isJsonObject(input)) return undefined;
  const rows = listedRows(input.data);
  const { columns } = input;
  if (columns === undefined) return rows;
  if (!rows || !Array.isArray(columns)) return undefined;
  const names = (columns as readonly Json[]).map(String);
  const isAligned = rows.every((row) => Array.isArray(row) && row.length === names.length);
  return isAligned
    ? rows.map((row) => Object.fromEntries(names.map((name, index) => [name, (row as readonly Json[])[index]])))
    : undefined;
}

/** `{"a": [1, 2]}`, or rows. */
function columnRows(input: Json): readonly InputRow[] | undefined {
  if (!isJsonObject(input)) return listedRows(input);
  const columns = Object.entries(input).map(([name, values]): [string, readonly Json[]] => [
    name,
    Array.isArray(values) ? (values as readonly Json[]) : [values],
  ]);
  const lengths = new Set(columns.map(([, values]) => values.length));
  const [length] = lengths;
  if (length === undefined || lengths.size > 1) return undefined;
  return Array.from({ length }, (_, index) =>
    Object.fromEntries(columns.map(([name, values]) => [name, values[index]])),
  );
}
