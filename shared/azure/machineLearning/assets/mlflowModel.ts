import { FileError } from '../../../files/fileError';
import { readListed } from '../../../files/sourceFile';
import { isList, isMap, type Json, type JsonMap } from '../../../json';
import { InvalidYaml } from '../../../yaml/invalidYaml';
import { readYamlValue } from '../../../yaml/values';
import type { Content } from './contentHash';

/** A model that MLflow logged. */
export interface MlflowModel {
  readonly flavors: JsonMap;
  /** What may keep it from being served without code, and what to do. */
  readonly warnings: readonly string[];
}

const mostBytes = 4 * 1024 * 1024;

/** What the file MLmodel of a folder says; undefined where there is none, or it is not one of MLflow's. */
export function mlflowModelIn({ files, isFolder }: Content): MlflowModel | undefined {
  const fileOf = (path: string): string | undefined => files.find((each) => each.path === path)?.file;
  const description = isFolder ? yamlIn(fileOf('MLmodel')) : undefined;
  const flavors = isMap(description) ? description['flavors'] : undefined;
  if (!isMap(description) || !isMap(flavors)) return undefined;
  const conda = fileOf('conda.yaml');
  return { flavors: flavorsToSend(flavors), warnings: serveWarnings(flavors, packagesOf(yamlIn(conda))) };
}

/** The packages that a conda file installs, as they are written, such as `mlflow==3.1.0`. */
export function packagesOf(conda: Json | undefined): readonly string[] {
  const dependencies = isMap(conda) ? conda['dependencies'] : undefined;
  if (!isList(dependencies)) return [];
  return dependencies.flatMap((each): readonly string[] => {
    if (typeof each === 'string') return [each];
    const pip = isMap(each) ? each['pip'] : undefined;
    return isList(pip) ? pip.filter((one): one is string => typeof one === 'string') : [];
  });
}

export function hasPackage(packages: readonly string[], name: string): boolean {
  return packages.some((each) => nameOf(each) === name);
}

/** The YAML of a file; undefined where there is no file, or it cannot be read: the service judges it then. */
export function yamlIn(file: string | undefined): Json | undefined {
  if (file === undefined) return undefined;
  try {
    return readYamlValue(readListed(file, mostBytes).toString('utf8'));
  } catch (error) {
    if (error instanceof InvalidYaml || error instanceof FileError) return undefined;
    throw error;
  }
}

/** Known from issues of Azure/azureml-examples: #4051 (mlflow 3), #3904 (monitoring), #4009 (Python 3.8); mlops-v2-ado-demo #7 (3.7). */
function serveWarnings(flavors: JsonMap, packages: readonly string[]): readonly string[] {
  const warnings: string[] = [];
  if (!isMap(flavors['python_function']))
    warnings.push(
      'The model has no flavor python_function, so that it cannot be served without code. Log it with a flavor of MLflow that has it, or give a code folder.',
    );
  const [, mlflowMajor] = versionIn(packages, 'mlflow');
  if (Number(mlflowMajor) >= 3)
    warnings.push(
      'The model was logged with mlflow 3. Images of Azure Machine Learning for models without code have failed to start with it (502). If this deployment fails so, give an image and a conda file of your own.',
    );
  const [, pythonMajor, pythonMinor] = versionIn(packages, 'python');
  if (Number(pythonMajor) === 3 && Number(pythonMinor) < 9)
    warnings.push(
      `The model needs Python 3.${pythonMinor ?? ''}, which the inference server of Azure Machine Learning no longer supports. Log the model with Python 3.9 or later.`,
    );
  return warnings;
}

function versionIn(packages: readonly string[], name: string): readonly (string | undefined)[] {
  const found = packages.find((each) => nameOf(each) === name);
  return /==?\s*(\d+)(?:\.(\d+))?/.exec(found ?? '') ?? [];
}

function nameOf(requirement: string): string {
  return (/^[\w.-]+/.exec(requirement.trim())?.[0] ?? '').toLowerCase().replaceAll('_', '-');
}

/** As Azure takes them: by name, the fields that are single values, as texts. */
function flavorsToSend(flavors: JsonMap): JsonMap {
  return Object.fromEntries(
    Object.entries(flavors).map(([name, data]) => [name, { data: isMap(data) ? textsOf(data) : {} }]),
  );
}

function textsOf(map: JsonMap): JsonMap {
  return Object.fromEntries(
    Object.entries(map).flatMap(([name, value]) =>
      value === undefined || value === null || typeof value === 'object' ? [] : [[name, String(value)] as const],
    ),
  );
}
