import { clone, equal, isObject, type Json, objectsOf, textOf } from '../json';
import { badRequest, StatusError } from '../status';

/** Applies a JSON patch (RFC 6902). What can't be applied is answered as the API server does: 422, or 400. */
export function jsonPatch(target: Json, patch: Json): Json {
  if (!Array.isArray(patch))
    throw badRequest('error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch');
  return objectsOf(patch).reduce((document, operation) => {
    const path = textOf(operation.path);
    const op = textOf(operation.op);
    const value = operation.value ?? null;
    switch (op) {
      case 'add':
        return add(document, path, value);
      case 'remove':
        return remove(document, path, op);
      case 'replace':
        return path === '' ? value : add(remove(document, path, op), path, value);
      case 'move': {
        const moved = read(document, textOf(operation.from), op);
        return add(remove(document, textOf(operation.from), op), path, moved);
      }
      case 'copy':
        return add(document, path, read(document, textOf(operation.from), op));
      case 'test':
        if (!equal(readOrNull(document, path), value)) throw notApplied(`testing value ${path} failed: test failed`);
        return document;
      default:
        throw notApplied(`Unexpected kind: ${op}`);
    }
  }, clone(target));
}

/** The server's answer to a patch that doesn't fit the object. */
const notApplied = (message: string) =>
  new StatusError(422, 'Invalid', `the server rejected our request due to an error in our request: ${message}`);

const keysOf = (path: string) =>
  path
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

function read(document: Json, path: string, op: string): Json {
  return clone(
    keysOf(path).reduce<Json>((at, key) => {
      const below = Array.isArray(at) ? at[Number(key)] : isObject(at) ? at[key] : undefined;
      if (below === undefined) throw missing(op, path);
      return below;
    }, document),
  );
}

function readOrNull(document: Json, path: string): Json {
  try {
    return read(document, path, 'test');
  } catch {
    return null; // A value that isn't there equals null.
  }
}

const missing = (op: string, path: string) =>
  notApplied(`${op} operation does not apply: doc is missing path: ${path}: missing value`);

function remove(document: Json, path: string, op: string): Json {
  const { parent, key } = holderOf(document, path, op);
  if (Array.isArray(parent)) {
    if (parent[Number(key)] === undefined) throw missing(op, path);
    // A replaced item is put back by inserting.
    parent.splice(Number(key), 1);
  } else if (isObject(parent) && parent[key] !== undefined) Reflect.deleteProperty(parent, key);
  else throw missing(op, path);
  return document;
}

function add(document: Json, path: string, value: Json): Json {
  if (path === '') return value;
  const { parent, key } = holderOf(document, path, 'add');
  if (Array.isArray(parent)) {
    const index = key === '-' ? parent.length : Number(key);
    if (!Number.isInteger(index) || index < 0 || index > parent.length)
      throw notApplied(
        `add operation does not apply: doc is missing path: "${path}": Unable to access invalid index: ${key}`,
      );
    parent.splice(index, 0, value);
  } else if (isObject(parent)) parent[key] = value;
  else throw missing('add', path);
  return document;
}

function holderOf(document: Json, path: string, op: string): { readonly parent: Json; readonly key: string } {
  const keys = keysOf(path);
  const key = keys.pop();
  if (key === undefined) throw missing(op, path);
  const parent = keys.reduce<Json>((at, name) => {
    const below = Array.isArray(at) ? at[Number(name)] : isObject(at) ? at[name] : undefined;
    if (below === undefined) throw missing(op, path);
    return below;
  }, document);
  return { parent, key };
}
