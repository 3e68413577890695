import { isMap, type Json } from '../../shared/json';

/** What a document has under a key such as `evaluation.rules`; undefined when there is nothing. */
export function valueAt(document: Json, key: string): Json | undefined {
  return key
    .split('.')
    .reduce<Json | undefined>((at, name) => (isMap(at) && Object.hasOwn(at, name) ? at[name] : undefined), document);
}
