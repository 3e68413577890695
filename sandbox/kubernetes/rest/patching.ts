import type { Cluster } from '../cluster';
import { isObject, type Json, type JsonObject, objectOf, textOf } from '../json';
import { jsonPatch } from '../patch/jsonPatch';
import { mergePatch } from '../patch/mergePatch';
import { strategicMergePatch } from '../patch/strategicMergePatch';
import { badRequest, unsupportedMediaType } from '../status';
import type { Write } from '../write';
import type { ApiCall } from './apiCall';
import { mediaTypeOf, patchTypes, readJson, readYaml } from './readBody';

/** Performs a PATCH of any of the four kinds. */
export function patchObject({ objects }: Cluster, call: ApiCall, write: Write): { status: number; object: JsonObject } {
  const { received, path, type, query } = call;
  const mediaType = mediaTypeOf(received.headers['content-type']);
  if (mediaType === patchTypes.apply) {
    const config = readYaml(received.body);
    if (!isObject(config)) throw badRequest('error decoding YAML: expected an object');
    if (!query.get('fieldManager'))
      throw badRequest(
        'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
      );
    checkIdentity(call, config);
    const isForced = query.get('force') === 'true';
    const applied = objects.apply(type.plural, path.namespace, path.name, config, { ...write, isForced });
    return { status: applied.isNew ? 201 : 200, object: applied.object };
  }
  const patch = patcherOf(call, mediaType);
  const body = readJson(received.body);
  const object = objects.update(
    type.plural,
    path.namespace,
    path.name,
    (live) => {
      const next = patch(live, body);
      if (!isObject(next)) throw badRequest('cannot restore slice from map');
      return next;
    },
    write,
  );
  return { status: 200, object };
}

function patcherOf({ type }: ApiCall, mediaType: string): (live: Json, patch: Json) => Json {
  switch (mediaType) {
    case patchTypes.json:
      return jsonPatch;
    case patchTypes.merge:
      return mergePatch;
    case patchTypes.strategic:
      if (type.plural !== 'httproutes') return (live, patch) => strategicMergePatch(type.schema, live, patch);
  }
  throw unsupportedMediaType(Object.values(patchTypes));
}

/** What is applied has to be what the path names. */
function checkIdentity({ path }: ApiCall, config: JsonObject): void {
  const { name = path.name, namespace = path.namespace } = objectOf(config.metadata);
  if (name !== path.name)
    throw badRequest(`the name of the object (${textOf(name)}) does not match the name on the URL (${path.name})`);
  if (namespace !== path.namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  if (config.kind === undefined || config.apiVersion === undefined)
    throw badRequest("Object 'Kind' is missing: apply patches need apiVersion and kind");
}
