/** A JSON object. */
export type Json = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object at a key; empty where there is none. */
export function objectAt(value: Json, key: string): Json {
  const found = value[key];
  return isObject(found) ? found : {};
}

/** A text at a key; undefined where there is none, or an empty one. */
export function textAt(value: Json, key: string): string | undefined {
  const found = value[key];
  return typeof found === 'string' && found !== '' ? found : undefined;
}

/** The texts among the values of an object at a key. */
export function textsAt(value: Json, key: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(objectAt(value, key)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** Whole percentages by the names of deployments. */
export function numbersAt(value: Json, key: string): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(objectAt(value, key)).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}

export function numberAt(value: Json, key: string): number | undefined {
  const found = value[key];
  return typeof found === 'number' ? found : undefined;
}
