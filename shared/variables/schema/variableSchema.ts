import shipped from './model_variables.schema.json';
import { isFormat } from './formats';
import { locate } from '../document/locate';
import type { Origin, Report } from '../origin';
import { pathText } from '../pathText';
import { readDocument, type Located } from '../document/readDocument';
import { isList, type Plain } from '../tree';

const valueTypes = ['string', 'number', 'integer', 'boolean', 'array', 'object', 'null'] as const;
export type ValueType = (typeof valueTypes)[number];

/** The rules for a value: the supported part of JSON Schema, and three keywords of our own. */
export interface VariableSchema {
  readonly origin: Origin;
  readonly type?: ValueType | readonly ValueType[];
  readonly enum?: readonly Plain[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: VariableSchema;
  readonly properties?: Readonly<Record<string, VariableSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | VariableSchema;
  /** Some source must set it. Unlike `required` it is not a rule for each file, so editors don't ask for it in each. */
  readonly mandatory?: boolean;
  /** Only the base file may set it. */
  readonly locked?: boolean;
  /** Azure Pipelines reads it before the run, so an override would have no effect. */
  readonly compileTime?: boolean;
}

const isText = (value: Plain): boolean => typeof value === 'string';
const isNumber = (value: Plain): boolean => typeof value === 'number';
const isCount = (value: Plain): boolean => Number.isInteger(value) && Number(value) >= 0;
const isFlag = (value: Plain): boolean => typeof value === 'boolean';
const isTexts = (value: Plain): boolean => isList(value) && value.every(isText);
const isType = (value: Plain): boolean => (valueTypes as readonly Plain[]).includes(value);

const keywords: Readonly<Record<string, (value: Plain) => boolean>> = {
  title: isText,
  description: isText,
  markdownDescription: isText,
  $comment: isText,
  examples: isList,
  type: (value) => isType(value) || (isList(value) && value.length > 0 && value.every(isType)),
  enum: isList,
  pattern: isPattern,
  format: isFormat,
  minLength: isCount,
  maxLength: isCount,
  minimum: isNumber,
  maximum: isNumber,
  exclusiveMinimum: isNumber,
  exclusiveMaximum: isNumber,
  minItems: isCount,
  maxItems: isCount,
  required: isTexts,
  additionalProperties: isFlag,
  mandatory: isFlag,
  locked: isFlag,
  compileTime: isFlag,
};

/**
 * Reads a `model_variables.schema.json`: its `definitions.variables` extends our schema. Keywords that would not be
 * checked are reported, so that no rule is silently ignored. Returns undefined where there is no schema.
 */
export function readVariableSchema(text: string, source: string, report: Report): VariableSchema | undefined {
  const document = readDocument(text, source, report);
  if (!document) return undefined;
  const variables = entry(entry(document, 'definitions'), 'variables');
  if (variables) return extend(shippedSchema(), readSchema(variables, report));
  report(document.origin, 'has no `definitions.variables`, which must contain the rules for the variables.');
  return undefined;
}

/** The schema that applies when the team has none. */
export function shippedSchema(): VariableSchema {
  const refuse = (problem: unknown): never => {
    throw new Error(`The schema has an error: ${JSON.stringify(problem)}`);
  };
  return readSchema(locate(shipped.definitions.variables, { source: 'the schema' }, refuse), refuse);
}

/** A team's schema adds names and replaces single keywords; names that it does not mention keep our rules. */
function extend(ours: VariableSchema, theirs: VariableSchema): VariableSchema {
  const properties = { ...ours.properties };
  for (const [name, schema] of Object.entries(theirs.properties ?? {})) {
    const own = Object.hasOwn(properties, name) ? properties[name] : undefined;
    properties[name] = { ...own, ...schema };
  }
  return { ...ours, ...theirs, properties };
}

function readSchema(located: Located, report: Report): VariableSchema {
  const schema: Record<string, unknown> = { origin: located.origin };
  if (!('entries' in located)) report(located.origin, 'a schema must be a map.');
  else
    for (const [keyword, value] of located.entries) {
      const isKnown = Object.hasOwn(keywords, keyword) ? keywords[keyword] : undefined;
      if (keyword === 'properties') schema[keyword] = readProperties(value, report);
      else if (keyword === 'items' || (keyword === 'additionalProperties' && 'entries' in value))
        schema[keyword] = readSchema(value, report);
      else if (!isKnown) report(value.origin, `the keyword ${pathText([keyword])} is not supported.`);
      else if (!isKnown(plainOf(value))) report(value.origin, `${keyword} has an invalid value.`);
      else schema[keyword] = plainOf(value);
    }
  return schema as unknown as VariableSchema;
}

function readProperties(located: Located, report: Report): Readonly<Record<string, VariableSchema>> {
  if (!('entries' in located)) {
    report(located.origin, 'properties must be a map of names to schemas.');
    return {};
  }
  return Object.fromEntries([...located.entries].map(([name, value]) => [name, readSchema(value, report)]));
}

function entry(located: Located | undefined, name: string): Located | undefined {
  return located && 'entries' in located ? located.entries.get(name) : undefined;
}

function plainOf(located: Located): Plain {
  if ('items' in located) return located.items.map(plainOf);
  if ('entries' in located)
    return Object.fromEntries([...located.entries].map(([name, value]) => [name, plainOf(value)]));
  return located.scalar;
}

function isPattern(value: Plain): boolean {
  try {
    return typeof value === 'string' && new RegExp(value, 'u') instanceof RegExp;
  } catch {
    return false; // The caller reports the keyword.
  }
}
