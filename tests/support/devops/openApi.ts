import Ajv, { type ValidateFunction } from 'ajv-draft-04';
import type { Host } from '../../../sandbox/devops/rest/host';
import { openApiIfAny } from './facts';

interface Response {
  readonly schema?: Readonly<Record<string, unknown>>;
}

interface Operation {
  readonly responses?: Readonly<Record<string, Response>>;
  readonly 'x-scopes'?: readonly string[];
}

type PathItem = Readonly<Record<string, Operation | string>>;

interface Description {
  readonly paths: Readonly<Record<string, PathItem>>;
  readonly definitions: Readonly<Record<string, unknown>>;
}

export interface DescribedAnswer {
  readonly host: Host;
  readonly method: string;
  /** Below the organisation, without the query. */
  readonly path: string;
  readonly status: number;
  readonly body: unknown;
}

/** The operation that a request is, as Microsoft describes it; undefined when it is not described. */
export function findOperation(host: Host, method: string, path: string): Operation | undefined {
  const { paths } = openApiIfAny() as unknown as Description;
  const name = host === 'dev' ? 'dev.azure.com' : `${host}.dev.azure.com`;
  const segments = path.split('/').filter((segment) => segment !== '');
  const found = Object.entries(paths)
    .filter(([template, item]) => item['x-host'] === name && matches(template.split('/').slice(2), segments))
    .sort(([one], [other]) => literals(other) - literals(one))
    .map(([, item]) => item[method.toLowerCase()])
    .find((operation) => operation !== undefined);
  return typeof found === 'string' ? undefined : found;
}

const literals = (template: string) => template.split('/').filter((part) => !part.startsWith('{')).length;

/** `{path}` stands for any number of segments. */
function matches(template: readonly string[], segments: readonly string[]): boolean {
  const [part, ...rest] = template.filter((each) => each !== '');
  if (part === undefined) return segments.length === 0;
  if (part === '{path}') return true;
  const [segment, ...others] = segments;
  if (segment === undefined) return false;
  const fits = part.startsWith('{') ? !segment.startsWith('_') : part.toLowerCase() === segment.toLowerCase();
  return fits && matches(rest, others);
}

/** What is wrong with a successful answer by the description; empty when it is right, or is not described. */
export function openApiProblems({ host, method, path, status, body }: DescribedAnswer): readonly string[] {
  // 203 is the page to sign in.
  if (openApiIfAny() === undefined || status >= 300 || status === 203) return [];
  const responses = findOperation(host, method, path)?.responses;
  if (!responses) return [];
  const response = responses[String(status)] ?? alikeResponse(method, path, status, responses);
  if (!response) return [`${status} is not among the described statuses ${Object.keys(responses).join(', ')}`];
  if (!response.schema) return [];
  const validate = validatorOf(response.schema);
  if (validate(withoutNulls(body))) return [];
  return (validate.errors ?? []).map(
    ({ dataPath, instancePath, message }: Problem) => `${instancePath ?? dataPath ?? ''} ${message ?? ''}`,
  );
}

/**
 * Statuses that the description does not have, and that are right: the documented examples answer 204 where the
 * description has an empty 200, and a POST that moves an area answers 200 (recorded).
 */
function alikeResponse(
  method: string,
  path: string,
  status: number,
  responses: NonNullable<Operation['responses']>,
): Response | undefined {
  if (status === 204 && responses['200'] && !responses['200'].schema) return responses['200'];
  if (method === 'POST' && status === 200 && /\/classificationnodes\//i.test(path)) return responses['201'];
  return undefined;
}

interface Problem {
  readonly instancePath?: string;
  readonly dataPath?: string;
  readonly message?: string;
}

const validators = new Map<object, ValidateFunction>();

let ajv: Ajv | undefined;

function validatorOf(schema: Readonly<Record<string, unknown>>): ValidateFunction {
  const found = validators.get(schema);
  if (found) return found;
  if (!ajv) {
    ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
    const { definitions } = openApiIfAny() as unknown as Description;
    ajv.addSchema({ id: 'api', definitions: looseEnums(definitions) });
  }
  // A list is sent as an object with its length.
  const sent =
    schema['type'] === 'array'
      ? { type: 'object', required: ['count', 'value'], properties: { value: schema } }
      : schema;
  const validate = ajv.compile(absolute(sent));
  validators.set(schema, validate);
  return validate;
}

function absolute(schema: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === '$ref' && typeof value === 'string' ? value.replace(/^#/, 'api#') : absoluteIn(value),
    ]),
  );
}

function absoluteIn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(absoluteIn);
  return typeof value === 'object' && value !== null ? absolute(value as Readonly<Record<string, unknown>>) : value;
}

/** The names of values are read without regard to case; what is described as the text of a JObject is sent as an object. */
function looseEnums(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(looseEnums);
  if (typeof value !== 'object' || value === null) return value;
  const object = value as Readonly<Record<string, unknown>>;
  if (object['format'] === 'JObject') return { type: 'object' };
  const names = object['enum'];
  const copy = Object.fromEntries(Object.entries(object).map(([key, each]) => [key, looseEnums(each)]));
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string')) return copy;
  const others = Object.entries(copy).filter(([key]) => key !== 'enum');
  return { ...Object.fromEntries(others), type: 'string', pattern: `^(?:${names.map(eitherCase).join('|')})$` };
}

const eitherCase = (name: string) =>
  name.replace(/[a-z]/gi, (letter) => `[${letter.toLowerCase()}${letter.toUpperCase()}]`);

function withoutNulls(value: unknown): unknown {
  // In a list, `null` stands for what was asked for and is not there.
  if (Array.isArray(value)) return value.filter((each) => each !== null).map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) => (each === null ? [] : [[key, withoutNulls(each)]])),
  );
}
