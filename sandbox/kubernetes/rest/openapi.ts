import type { JsonObject } from '../json';
import { apiVersionOf, type ResourceType } from '../resources';
import type { Schema } from '../schema/schema';

/**
 * Answers `/openapi/v3` and the documents that it names: the kinds with their fields, and the parameters of PATCH
 * by which kubectl learns that the server checks fields itself.
 */
export function openapi(types: readonly ResourceType[], path: string): JsonObject | undefined {
  const groupVersions = [...new Set(types.map(apiVersionOf))];
  const documentPath = (groupVersion: string) => (groupVersion === 'v1' ? 'api/v1' : `apis/${groupVersion}`);
  if (path === '/openapi/v3') {
    const paths = groupVersions.map((groupVersion): [string, JsonObject] => [
      documentPath(groupVersion),
      { serverRelativeURL: `/openapi/v3/${documentPath(groupVersion)}?hash=sandbox` },
    ]);
    return { paths: Object.fromEntries(paths) };
  }
  const groupVersion = groupVersions.find((one) => path === `/openapi/v3/${documentPath(one)}`);
  if (groupVersion === undefined) return undefined;
  const own = types.filter((type) => apiVersionOf(type) === groupVersion);
  const schemas = own.map((type): [string, JsonObject] => [
    schemaName(type),
    { ...schemaOf(type.schema), 'x-kubernetes-group-version-kind': [kindOf(type)] },
  ]);
  const paths = own.map((type): [string, JsonObject] => [
    `/${documentPath(groupVersion)}/${type.isNamespaced ? 'namespaces/{namespace}/' : ''}${type.plural}/{name}`,
    {
      get: { ...operation(type), responses: responseOf(type) },
      patch: { ...operation(type), parameters: ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map(parameter) },
    },
  ]);
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'sandbox' },
    paths: Object.fromEntries(paths),
    components: { schemas: Object.fromEntries(schemas) },
  };
}

const kindOf = ({ group, version, kind }: ResourceType) => ({ group, version, kind });
const schemaName = ({ group, version, kind }: ResourceType) => `io.k8s.api.${group || 'core'}.${version}.${kind}`;
const operation = (type: ResourceType) => ({ 'x-kubernetes-group-version-kind': kindOf(type) });
const responseOf = (type: ResourceType) => ({
  200: {
    description: 'OK',
    content: { 'application/json': { schema: { $ref: `#/components/schemas/${schemaName(type)}` } } },
  },
});
const parameter = (name: string) => ({ name, in: 'query', schema: { type: 'string', uniqueItems: true } });

const scalars: Readonly<Record<string, JsonObject>> = {
  string: { type: 'string' },
  integer: { type: 'integer' },
  boolean: { type: 'boolean' },
  intOrString: { type: 'string', format: 'int-or-string' },
  quantity: { type: 'string' },
  time: { type: 'string', format: 'date-time' },
};

function schemaOf(schema: Schema): JsonObject {
  switch (schema.kind) {
    case 'scalar':
      return scalars[schema.type] ?? {};
    case 'any':
      return { type: 'object' };
    case 'list':
      return { type: 'array', items: schemaOf(schema.items), 'x-kubernetes-list-type': schema.type };
    case 'map':
      return { type: 'object', additionalProperties: schemaOf(schema.values) };
    case 'struct': {
      const fields = Object.entries(schema.fields).map(([name, field]): [string, JsonObject] => [
        name,
        schemaOf(field),
      ]);
      return { type: 'object', properties: Object.fromEntries(fields) };
    }
  }
}
