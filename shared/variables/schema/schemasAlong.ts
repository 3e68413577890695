import type { VariableSchema } from './variableSchema';

/** The schemas of the maps that a variable is in and of the variable itself, from the outside in; fewer where the schema does not know it. */
export function schemasAlong(schema: VariableSchema, path: readonly string[]): readonly VariableSchema[] {
  const found = [schema];
  for (const name of path) {
    const { properties = {}, additionalProperties } = found.at(-1) ?? schema;
    const own = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
    if (typeof own !== 'object') break;
    found.push(own);
  }
  return found;
}

/** Whether a variable, a map that contains it, or something in it has a mark. */
export function isMarked(schema: VariableSchema, path: readonly string[], mark: 'locked' | 'compileTime'): boolean {
  const along = schemasAlong(schema, path);
  const [last] = along.slice(path.length);
  return along.some((each) => each[mark] === true) || (last !== undefined && isMarkedBelow(last, mark));
}

function isMarkedBelow({ properties = {} }: VariableSchema, mark: 'locked' | 'compileTime'): boolean {
  return Object.values(properties).some((each) => each[mark] === true || isMarkedBelow(each, mark));
}
