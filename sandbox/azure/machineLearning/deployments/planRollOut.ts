import { randomUUID } from 'node:crypto';
import { type AssetVersion, packagesOf } from '../assets/assetStore';
import type { OnlineEndpoint } from '../endpoints/onlineEndpoint';
import { isObject, objectAt, textAt } from '../json';
import type { MachineLearning } from '../machineLearning';
import { assetNotFound, requestInvalid } from '../mlError';
import { filesOf } from '../scoring/modelFiles';
import type { RunningModel } from '../scoring/runningModel';
import { type MlWorkspace, partsOf } from '../workspace';
import { behaviourOf, type DeploymentBehaviour, type Stage } from './behaviours';
import { type DeploymentBody, secondsOf } from './deploymentBody';
import { failureAt } from './failures';
import type { RollOut } from './onlineDeployment';

interface Target {
  readonly ml: MachineLearning;
  readonly workspace: MlWorkspace;
  readonly endpoint: OnlineEndpoint;
  readonly body: DeploymentBody;
}

interface Assets {
  readonly model?: AssetVersion;
  readonly code?: AssetVersion;
  readonly environment?: AssetVersion;
}

const inferenceServer = /^azureml-(inference-server-http|defaults|contrib-services)\b/;
const buildLogLines = [
  'Step 1/8 : FROM mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04',
  'Installing pip dependencies: ...working...',
  'Pip subprocess error:',
  'ERROR: Could not find a version that satisfies the requirement scikit-lern==1.5.0 (from versions: none)',
  'ERROR: No matching distribution found for scikit-lern==1.5.0',
  'CondaEnvException: Pip failed',
];

/**
 * Finds out what is going to come of a deployment; its code is started for real where there is something that runs it.
 * @throws ArmError when something that it names isn't there
 */
export async function planRollOut(target: Target, isNew: boolean): Promise<RollOut> {
  const { ml, workspace, body } = target;
  const { settings } = ml;
  const assets = findAssets(target);
  const image = textAt(assets.environment?.properties ?? {}, 'image') ?? 'mcr.microsoft.com/azureml/mlflow-no-code';
  const modelName = assets.model?.name ?? lastNames(body.model);
  const behaviour = behaviourOf(settings.behaviours, {
    model: modelName,
    environment: assets.environment?.name ?? '',
    image,
  });
  const lines = [...(behaviour.log ?? [])];
  const early = behaviour.failsAt ?? roleMissing(target, image) ?? filesMissing(target, assets);
  const common = { body, behaviour, image, modelName, lines, ...scoringPathOf(assets.environment) };
  const ended = early === undefined ? await startContainer(target, assets, lines, behaviour) : { failsAt: early };
  const { failsAt } = ended;
  if (failsAt !== undefined) {
    const buildLog = {
      account: partsOf(workspace).account,
      container: 'azureml',
      path: `ImageLogs/${randomUUID()}/build.log`,
    };
    if (failsAt === 'imageBuild') {
      const container = ml.blobs.store.addContainer(buildLog.account, buildLog.container);
      container.put(buildLog.path, Buffer.from([...buildLogLines, ''].join('\n')));
    }
    const failed = failureAt(failsAt, behaviour, { buildLog, hasNullCodes: settings.hasNullCodes });
    return { ...common, failsAt, failure: failed.failure, seconds: failed.seconds + probeSeconds(failsAt, body) };
  }
  const usual = isNew ? settings.durations.deployment : settings.durations.update;
  const seconds = behaviour.seconds ?? usual + buildSeconds(ml, assets.environment);
  return { ...common, seconds, ...('model' in ended && { model: ended.model }) };
}

/** @throws ArmError */
function findAssets({ ml, workspace: { location }, body }: Target): Assets {
  const { model: modelId, codeId, environmentId } = body;
  const found = (kind: 'models' | 'codes' | 'environments', reference: string | undefined, word: string) => {
    if (reference === undefined) return undefined;
    const asset = ml.assets.find(kind, reference);
    // What the registry of Microsoft has is there.
    if (asset || /^azureml:\/\/registries\/azureml\//i.test(reference)) return asset;
    throw assetNotFound(location, `${word}NotFound`, `${word} container with name: ${lastNames(reference)} not found.`);
  };
  const [model, code, environment] = [
    found('models', modelId, 'Model'),
    found('codes', codeId, 'Code'),
    found('environments', environmentId, 'Environment'),
  ];
  const isMlflow = textAt(model?.properties ?? {}, 'modelType') === 'mlflow_model';
  if (environmentId === undefined && !isMlflow) {
    throw requestInvalid(location, 'EnvironmentId: the field is required unless the model is an MLflow model.');
  }
  const isOwnServer = isObject(environment?.properties['inferenceConfig']);
  if (codeId === undefined && !isMlflow && !isOwnServer && environment) {
    throw requestInvalid(
      location,
      'CodeConfiguration: the field is required unless the environment has an inferenceConfig.',
    );
  }
  return { ...(model && { model }), ...(code && { code }), ...(environment && { environment }) };
}

/** The name before `/versions/…`. */
const lastNames = (reference = ''): string => /([^/]+)\/versions\/[^/]+$/.exec(reference)?.[1] ?? reference;

function roleMissing({ ml, endpoint }: Target, image: string): Stage | undefined {
  const host = image.split('/')[0] ?? '';
  const { privateRegistries, pullRoles, durations } = ml.settings;
  if (!privateRegistries.has(host)) return undefined;
  const principals = [
    ...(endpoint.body.identityType.includes('System') ? [endpoint.principalId] : []),
    ...endpoint.userPrincipalIds,
  ];
  const countsFrom = ml.clocks.clock.now() - durations.rolePropagation * 1000;
  const mayPull = principals.some((id) => (pullRoles.get(`${id}@${host}`) ?? Infinity) <= countsFrom);
  return mayPull ? undefined : 'pullPermission';
}

function filesMissing({ ml, workspace }: Target, { model }: Assets): Stage | undefined {
  if (!model || modelFilesOf(ml, workspace, model).size > 0) return undefined;
  return 'modelDownload';
}

function modelFilesOf(ml: MachineLearning, workspace: MlWorkspace, model: AssetVersion): ReadonlyMap<string, Buffer> {
  const workspaces = [workspace, ...ml.workspaces];
  const uri = textAt(model.properties, 'modelUri') ?? '';
  return filesOf(uri, { store: ml.blobs.store, workspaces, keepsName: true });
}

/** Starts the container for real; a container that ends at once has failed. */
async function startContainer(
  { ml, workspace, body }: Target,
  { model, code, environment }: Assets,
  lines: string[],
  { answer }: DeploymentBehaviour,
): Promise<{ readonly failsAt?: Stage; readonly model?: RunningModel }> {
  const packages = packagesOf(environment?.properties ?? {});
  if (code && packages.length > 0 && !packages.some((name) => inferenceServer.test(name))) {
    lines.push('A required package azureml-inference-server-http is missing. Please install it.');
    return { failsAt: 'container' };
  }
  const uri = textAt(code?.properties ?? {}, 'codeUri') ?? '';
  const codeFiles = filesOf(uri, { store: ml.blobs.store, workspaces: ml.workspaces, keepsName: false });
  const { scoringScript } = body;
  if (code && scoringScript !== undefined && !codeFiles.has(scoringScript)) {
    lines.push(`Failed to find the entry script: /var/azureml-app/${scoringScript} does not exist.`);
    return { failsAt: 'container' };
  }
  const { startModel } = ml.settings;
  if (!startModel || answer || (!code && isObject(environment?.properties['inferenceConfig']))) return {};
  const running = await startModel(
    {
      modelFolder: `azureml-models/${model?.name ?? 'model'}/${model?.version ?? '1'}`,
      modelFiles: model ? modelFilesOf(ml, workspace, model) : new Map(),
      ...(code && { codeFiles }),
      ...(scoringScript !== undefined && { scoringScript }),
      environment: body.environmentVariables,
    },
    (line) => lines.push(line),
  );
  const exitCode = await Promise.race([running.exited, Promise.resolve(undefined)]);
  if (exitCode === undefined) return { model: running };
  await running.close();
  return { failsAt: 'container' };
}

/** An image is built with the first deployment that needs it. */
function buildSeconds({ builtImages, settings }: MachineLearning, environment: AssetVersion | undefined): number {
  if (!environment || textAt(environment.properties, 'condaFile') === undefined) return 0;
  if (builtImages.has(environment.id)) return 0;
  builtImages.add(environment.id);
  return settings.durations.imageBuild;
}

/** A container that never gets ready is given up when its probe has failed often enough. */
function probeSeconds(stage: Stage, { probes }: DeploymentBody): number {
  if (stage !== 'probe') return 0;
  const {
    initialDelay = 'PT10S',
    period = 'PT10S',
    failureThreshold = 30,
  } = probes['startupProbe'] ?? probes['readinessProbe'] ?? {};
  return secondsOf(initialDelay) + failureThreshold * secondsOf(period);
}

function scoringPathOf(environment: AssetVersion | undefined): { readonly scoringPath?: string } {
  const route = objectAt(objectAt(environment?.properties ?? {}, 'inferenceConfig'), 'scoringRoute');
  const scoringPath = textAt(route, 'path');
  return scoringPath === undefined ? {} : { scoringPath };
}
