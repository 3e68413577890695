import { load } from 'js-yaml';
import { isObject, type Json, type JsonObject } from '../json';
import { badRequest, unsupportedMediaType } from '../status';
import { protobufType, readProtobuf } from './protobuf';

export const patchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

export const mediaTypeOf = (contentType: string | undefined): string => contentType?.split(';')[0]?.trim() ?? '';

/** The object in a body that is JSON, YAML or protobuf. */
export function readObject(body: Buffer, contentType: string | undefined): JsonObject {
  const type = mediaTypeOf(contentType);
  if (type === protobufType) return readProtobuf(body);
  if (type !== '' && type !== 'application/json' && type !== 'application/yaml')
    throw unsupportedMediaType(['application/json', 'application/yaml', protobufType]);
  const value = type === 'application/yaml' ? readYaml(body) : readJson(body);
  if (!isObject(value)) throw badRequest("couldn't get version/kind; json parse error: expected an object");
  return value;
}

export function readJson(body: Buffer): Json {
  try {
    return JSON.parse(body.toString('utf8')) as Json;
  } catch (error) {
    throw badRequest(`couldn't get version/kind; json parse error: ${messageOf(error)}`);
  }
}

/** A body of server-side apply; JSON is YAML too. */
export function readYaml(body: Buffer): Json {
  try {
    return load(body.toString('utf8')) as Json;
  } catch (error) {
    throw badRequest(`error decoding YAML: ${messageOf(error)}`);
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
