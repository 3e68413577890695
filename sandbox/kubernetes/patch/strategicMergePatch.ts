import { equal, isObject, type Json, type JsonObject, objectsOf } from '../json';
import type { ListSchema, Schema } from '../schema/schema';
import { badRequest } from '../status';

/** Applies a strategic merge patch: like a JSON merge patch, but lists with a merge key are merged item by item. */
export function strategicMergePatch(schema: Schema | undefined, target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const directive = patch.$patch;
  if (directive === 'replace') return withoutDirectives(patch);
  if (directive === 'delete') return {};
  let result: JsonObject = isObject(target) ? { ...target } : {};
  const kept = patch.$retainKeys;
  if (Array.isArray(kept)) result = Object.fromEntries(Object.entries(result).filter(([key]) => kept.includes(key)));
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined || key === '$patch' || key === '$retainKeys' || key.startsWith('$setElementOrder/'))
      continue;
    if (key.startsWith('$deleteFromPrimitiveList/')) {
      const name = key.slice('$deleteFromPrimitiveList/'.length);
      const gone = Array.isArray(value) ? value : [];
      const items = result[name];
      if (Array.isArray(items)) result[name] = items.filter((item) => !gone.some((one) => equal(one, item)));
      continue;
    }
    const below = fieldSchema(schema, key);
    if (value === null) Reflect.deleteProperty(result, key);
    else if (Array.isArray(value)) result[key] = patchList(below, result[key], value, patch[`$setElementOrder/${key}`]);
    else result[key] = strategicMergePatch(below, result[key], value);
  }
  for (const [key, order] of Object.entries(patch)) {
    if (!key.startsWith('$setElementOrder/')) continue;
    const name = key.slice('$setElementOrder/'.length);
    const below = fieldSchema(schema, name);
    if (below?.kind === 'list' && Array.isArray(result[name])) result[name] = ordered(below, result[name], order);
  }
  return result;
}

function fieldSchema(schema: Schema | undefined, name: string): Schema | undefined {
  if (schema?.kind === 'struct') return schema.fields[name];
  return schema?.kind === 'map' ? schema.values : undefined;
}

function patchList(schema: Schema | undefined, target: Json | undefined, patch: Json[], order: Json | undefined): Json {
  const live = Array.isArray(target) ? target : [];
  const replaces = objectsOf(patch).some((item) => item.$patch === 'replace' && Object.keys(item).length === 1);
  if (schema?.kind !== 'list' || schema.mergeKey === undefined || replaces)
    return patch.filter((item) => !(isObject(item) && item.$patch === 'replace')).map(withoutDirectives);
  if (schema.type === 'set') return [...live, ...patch.filter((item) => !live.some((one) => equal(one, item)))];
  const { mergeKey } = schema;
  const items = [...live];
  for (const item of objectsOf(patch)) {
    const key = item[mergeKey];
    if (key === undefined)
      throw badRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${mergeKey}`);
    const index = items.findIndex((one) => isObject(one) && one[mergeKey] === key);
    if (item.$patch === 'delete') {
      if (index >= 0) items.splice(index, 1);
    } else if (index >= 0) items[index] = strategicMergePatch(schema.items, items[index], item);
    else items.push(withoutDirectives(item));
  }
  return order === undefined ? items : ordered(schema, items, order);
}

/** Items that the order names, as it says; the others stay behind their predecessors. */
function ordered({ mergeKey = '' }: ListSchema, items: readonly Json[], order: Json | undefined): Json[] {
  if (!Array.isArray(order)) return [...items];
  const keyOf = (item: Json | undefined) => (isObject(item) ? item[mergeKey] : item);
  const rank = (item: Json) => order.findIndex((one) => equal(keyOf(one), keyOf(item)));
  const named = items.filter((item) => rank(item) >= 0).sort((a, b) => rank(a) - rank(b));
  return items.map((item) => (rank(item) >= 0 ? (named.shift() ?? item) : item));
}

function withoutDirectives(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutDirectives);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(
    ([key, part]) => !key.startsWith('$') && part !== null && part !== undefined,
  );
  return Object.fromEntries(kept.map(([key, part]) => [key, withoutDirectives(part ?? null)]));
}
