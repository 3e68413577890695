import { isObject, textAt, valueAt, type JsonObject } from '../../rest/requestBody';

/** A variable with its value, also where that is a secret; `null` when it has none. */
export interface Variable {
  readonly value: string | null;
  readonly isSecret: boolean;
  /** Further properties as they were sent, such as `isReadOnly` or those of a key vault's secret. */
  readonly further: Readonly<Record<string, unknown>>;
}

/** The project that a group is in, and how it is called there. */
export interface GroupReference {
  readonly projectId: string;
  readonly name: string;
  readonly description: string | undefined;
}

export interface VariableGroup {
  readonly id: number;
  type: string;
  providerData: unknown;
  variables: ReadonlyMap<string, Variable>;
  reference: GroupReference;
  readonly createdById: string;
  readonly createdOn: number;
  modifiedById: string;
  modifiedOn: number;
}

const ownKeys = ['value', 'issecret'];

/**
 * The variables of a body, with the secrets that it leaves out taken from what was there before:
 * - a secret without the key `value`, or with the empty text, keeps its value;
 * - a secret with `value: null` loses it;
 * - a variable that is no longer secret, sent without a value, is empty.
 */
export function readVariables(body: JsonObject, before: ReadonlyMap<string, Variable>): Map<string, Variable> {
  const given = valueAt(body, 'variables');
  const names = new Map([...before].map(([name, variable]) => [name.toLowerCase(), variable]));
  return new Map(
    Object.entries(isObject(given) ? given : {}).map(([name, item]) => [
      name,
      readVariable(item, names.get(name.toLowerCase())),
    ]),
  );
}

function readVariable(item: unknown, before: Variable | undefined): Variable {
  if (!isObject(item)) return { value: typeof item === 'string' ? item : null, isSecret: false, further: {} };
  const isSecret = valueAt(item, 'isSecret') === true;
  const value = textAt(item, 'value');
  const isUnsaid = value === '' || valueAt(item, 'value') === undefined;
  const kept = isSecret && isUnsaid && before?.isSecret === true ? before.value : undefined;
  const further = Object.entries(item).filter(
    ([key, each]) => !ownKeys.includes(key.toLowerCase()) && each !== null && each !== false,
  );
  return { value: kept ?? value ?? null, isSecret, further: Object.fromEntries(further) };
}

/** As every answer shows variables: no secret has its value, and what is not secret does not say so. */
export function variableViews(variables: ReadonlyMap<string, Variable>): Record<string, object> {
  return Object.fromEntries(
    [...variables].map(([name, { value, isSecret, further }]) => [
      name,
      { value: isSecret ? null : value, ...(isSecret && { isSecret }), ...further },
    ]),
  );
}
