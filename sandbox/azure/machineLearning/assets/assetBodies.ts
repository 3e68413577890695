import { isDeepStrictEqual } from 'node:util';
import { type Json, objectAt, textAt } from '../json';
import { requestInvalid, userError } from '../mlError';
import { type AssetKind, condaAsJson } from './assetStore';

/** What can't be changed once a version is there. */
const fixed: Readonly<Record<AssetKind, readonly string[]>> = {
  models: ['modelUri', 'modelType'],
  environments: ['image', 'condaFile', 'build', 'inferenceConfig'],
  codes: ['codeUri'],
};

const uriOf: Readonly<Partial<Record<AssetKind, string>>> = { models: 'modelUri', codes: 'codeUri' };
const modelTypes = ['custom_model', 'mlflow_model', 'triton_model'];

/**
 * Reads the properties of a PUT of a version.
 * @throws ArmError when they lack something
 */
export function readAsset(kind: AssetKind, body: Json, location: string): Json {
  const sent = objectAt(body, 'properties');
  const uriKey = uriOf[kind];
  if (uriKey !== undefined && textAt(sent, uriKey) === undefined) {
    throw requestInvalid(location, `The field ${uriKey} is required.`);
  }
  const common = { description: null, tags: {}, properties: {}, isArchived: false, isAnonymous: false, ...sent };
  if (kind === 'codes') return common;
  if (kind === 'models') {
    const modelType = textAt(sent, 'modelType') ?? 'custom_model';
    if (!modelTypes.includes(modelType)) throw requestInvalid(location, `The model type '${modelType}' is not known.`);
    return { ...common, modelType, flavors: sent['flavors'] ?? {} };
  }
  const conda = textAt(sent, 'condaFile');
  if (textAt(sent, 'image') === undefined && sent['build'] === undefined) {
    throw requestInvalid(location, "'Image' must not be empty.");
  }
  return { osType: 'Linux', ...common, condaFile: conda === undefined ? null : jsonOf(conda, location) };
}

function jsonOf(conda: string, location: string): string {
  try {
    return condaAsJson(conda);
  } catch (error) {
    throw requestInvalid(location, `The field condaFile is not valid YAML: ${String(error)}`);
  }
}

/**
 * Checks that a version that is there is not to be changed in what it is.
 * @throws ArmError
 */
export function checkUnchanged(
  kind: AssetKind,
  { name, version, known, wanted }: { name: string; version: string; known: Json; wanted: Json },
  location: string,
): void {
  const isSame = fixed[kind].every((key) => isDeepStrictEqual(known[key] ?? null, wanted[key] ?? null));
  if (isSame) return;
  if (kind === 'environments') {
    const message = `Environment ${name} with version ${version} is already registered and cannot be changed.`;
    throw userError(400, location, message);
  }
  throw userError(400, location, 'Asset paths cannot be updated.');
}
