import { isMap, type Json, type JsonMap } from '../../shared/json';

/** The value at a key such as `evaluation.rules` in a document; undefined when there is none. */
export function valueAt(document: Json, key: string): Json | undefined {
  return key
    .split('.')
    .reduce<Json | undefined>((at, name) => (isMap(at) && Object.hasOwn(at, name) ? at[name] : undefined), document);
}

/** The map at a key in a document, or the document itself without a key; undefined when that is not a map. */
export function mapAt(document: Json, key: string | undefined): JsonMap | undefined {
  const found = key === undefined ? document : valueAt(document, key);
  return isMap(found) ? found : undefined;
}
