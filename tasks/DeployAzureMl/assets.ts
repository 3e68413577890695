import type { Context } from '../../shared/agent/context';
import {
  ensureCode,
  ensureEnvironment,
  ensureModelPath,
  warnOfCode,
} from '../../shared/azure/machineLearning/assets/contentAssets';
import { ensureModelVersion, namedVersion } from '../../shared/azure/machineLearning/assets/ensureAssets';
import type { AssetSources } from '../../shared/azure/machineLearning/assets/contentAssets';
import { connect, type Workspace } from '../../shared/databricks/connect';
import { readyVersion, versionFrom } from '../../shared/databricks/models/candidate';
import { downloadVersion } from '../../shared/databricks/models/downloadVersion';
import { InputError, UnusableError } from '../../shared/errors';
import { removeFolder, temporaryFolder } from '../../shared/files/writeFiles';
import { textOf } from '../../shared/task/namedPath';
import type { Given } from './inputs';

/** What a deployment consists of, by the ids that Azure takes. */
export interface DeploymentAssets {
  readonly modelId: string | undefined;
  /** As in a sentence; empty where the model is named by its id. */
  readonly modelVersion: string;
  readonly codeId: string | undefined;
  readonly environmentId: string | undefined;
}

/** Finds or registers the model, the code and the environment that the inputs name. Costs nothing, and may be repeated. */
export async function prepareAssets(given: Given, sources: AssetSources, context: Context): Promise<DeploymentAssets> {
  const model = await modelOf(given, sources, context);
  if (model && model.version !== '') context.agent.log(`Model: ${model.name}, version ${model.version}.`);
  const { codeFolder, scoringScript, image, environmentReference } = given;
  const condaText = given.condaFile && textOf(given.condaFile, mostCondaBytes);
  const code =
    codeFolder === undefined ? undefined : await ensureCode(sources, codeFolder, scoringScript ?? '', context);
  if (code && condaText !== undefined) warnOfCode(condaText, context);
  const environment =
    image === undefined
      ? environmentReference && (await environmentOf(environmentReference, sources))
      : (await ensureEnvironment(sources, { image, condaText, routes: routesOf(given) })).id;
  return {
    modelId: model?.id,
    modelVersion: model?.version ?? '',
    codeId: code?.id,
    environmentId: environment || undefined,
  };
}

const mostCondaBytes = 1024 * 1024;

interface FoundModel {
  readonly id: string;
  readonly name: string;
  readonly version: string;
}

async function modelOf(given: Given, sources: AssetSources, context: Context): Promise<FoundModel | undefined> {
  const { modelId, modelPath, modelName, databricksModel } = given;
  if (modelId !== undefined) return assetById('models', modelId, sources);
  if (modelPath !== undefined) return ensureModelPath(sources, modelName ?? '', modelPath, context);
  if (databricksModel !== undefined) return fromDatabricks(given, databricksModel, sources, context);
  if (modelName === undefined) return undefined;
  return namedVersion(sources.assets, 'models', modelName, given.modelVersion ?? 'latest');
}

/** A version in Unity Catalog, copied to the workspace unless that has it already. */
async function fromDatabricks(
  given: Given,
  model: string,
  sources: AssetSources,
  context: Context,
): Promise<FoundModel> {
  const workspace = await openDatabricks(given, context);
  const { databricksAlias: alias, databricksVersion } = given;
  const number = await versionFrom(
    workspace,
    model,
    databricksVersion === undefined ? { alias: alias ?? '' } : { version: databricksVersion },
  );
  const { runId } = await readyVersion(workspace, model, number, context);
  const name = given.modelName ?? model.replaceAll(/[^\w.-]/g, '-').replaceAll('.', '-');
  const identity = {
    'databricks.workspace': workspace.url.replace(/^https?:\/\//, ''),
    'databricks.model': model,
    'databricks.version': number,
    ...(runId !== undefined && { 'databricks.run': runId }),
  };
  const upload = async () => {
    const folder = await temporaryFolder(context.agent.temporaryFolder, 'model-');
    try {
      await downloadVersion(workspace, model, number, folder, context);
      return await sources.modelProperties(folder, 'model', context);
    } finally {
      await removeFolder(folder);
    }
  };
  return ensureModelVersion(sources.assets, { name, identity, upload }, context);
}

async function openDatabricks(given: Given, context: Context): Promise<Workspace> {
  const { databricksConnection: databricks, databricksUrl: address = '', azureConnection: azure } = given;
  try {
    return await connect(databricks ? { databricks } : { azure, address, usesManagementToken: false }, context);
  } catch (error) {
    if (!(error instanceof UnusableError) || error.subject === 'The Azure connection') throw error;
    const input = databricks ? 'databricksConnection' : 'databricksUrl';
    throw new InputError([{ input, problem: error.problem }]);
  }
}

async function environmentOf(reference: string, sources: AssetSources): Promise<string> {
  if (/^(?:azureml:\/)?\//i.test(reference)) return (await assetById('environments', reference, sources)).id;
  return (await assetByName('environments', reference, sources)).id;
}

/** An asset of this workspace is looked up, so that a wrong id is reported before anything is created. */
async function assetById(kind: 'models' | 'environments', id: string, sources: AssetSources): Promise<FoundModel> {
  const path = id.replace(/^azureml:\/(?=\/subscriptions\/)/i, '');
  const [, scope = '', name = '', version = ''] =
    new RegExp(`^(.+)/${kind}/([^/]+)/versions/([^/]+)$`, 'i').exec(path) ?? [];
  if (scope.toLowerCase() === sources.workspaceId.toLowerCase())
    return namedVersion(sources.assets, kind, name, version);
  return path.startsWith('/') || id.includes('//')
    ? { id: path, name: '', version: '' }
    : assetByName(kind, id, sources);
}

/** `name:version`, `name@latest` or `name`, which `azureml:` may precede. */
function assetByName(kind: 'models' | 'environments', reference: string, sources: AssetSources): Promise<FoundModel> {
  const [, name = reference, latest, version] = /^(?:azureml:)?([^:@]+)(?:@(latest)|:([^:@]+))?$/.exec(reference) ?? [];
  return namedVersion(sources.assets, kind, name, version ?? latest ?? 'latest');
}

function routesOf({ port, scoringPath, livenessPath, readinessPath }: Given) {
  if (port === undefined) return undefined;
  const scoring = scoringPath ?? '/score';
  return { port, scoring, liveness: livenessPath ?? '/', readiness: readinessPath ?? livenessPath ?? '/' };
}
