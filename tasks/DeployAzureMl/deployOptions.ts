import type { Context } from '../../shared/agent/context';
import type { AuthMode } from '../../shared/azure/machineLearning/api/endpoints';
import type { Deployment } from '../../shared/azure/machineLearning/api/deployments';
import { deploymentBody } from '../../shared/azure/machineLearning/deploy/body';
import type { DeployModelOptions } from '../../shared/azure/machineLearning/deploy/deployModel';
import { endpointBody } from '../../shared/azure/machineLearning/deploy/endpointBody';
import { readBuildLog } from '../../shared/azure/machineLearning/causes/buildLog';
import { computeOf, usableWorkspace, warnOfQuota } from '../../shared/azure/machineLearning/deploy/preflight';
import { isMap, type Json } from '../../shared/json';
import { prepareAssets } from './assets';
import type { Given } from './inputs';
import type { OpenWorkspace } from './openWorkspace';

const authModes: Readonly<Record<NonNullable<Given['authMode']>, AuthMode>> = {
  key: 'Key',
  amlToken: 'AMLToken',
  aadToken: 'AADToken',
};

/** What is to be deployed, with all its assets registered. */
export async function deployOptions(
  given: Given,
  { api, sources, scoring }: OpenWorkspace,
  onProgress: (progress: { readonly modelVersion?: string }) => void,
  context: Context,
): Promise<DeployModelOptions> {
  const { location } = await usableWorkspace(api);
  const computeId = given.computeName === undefined ? undefined : await computeOf(api, given.computeName);
  const assets = await prepareAssets(given, sources, context);
  if (assets.modelVersion !== '') onProgress({ modelVersion: assets.modelVersion });
  const spec = given.spec ?? given.specFile;
  const { identityId, publicNetworkAccess, authMode, appInsights } = given;
  const access = publicNetworkAccess === undefined ? undefined : capitalized(publicNetworkAccess);
  const variables = { ...given.environment, ...given.secrets };
  const bodyFor = (live?: Deployment) =>
    deploymentBody(
      {
        ...given,
        ...assets,
        spec,
        location,
        isOnKubernetes: computeId !== undefined,
        variables: Object.keys(variables).length > 0 ? variables : undefined,
        logsToAppInsights: appInsights === undefined ? undefined : appInsights === 'true',
      },
      live,
    );
  const mode = authMode && authModes[authMode];
  return {
    deploymentName: given.deploymentName,
    capacity: given.replicas ?? capacityIn(spec?.['sku']),
    strategy: given.strategy,
    canaryPercent: given.canaryPercent,
    mirrorPercent: given.mirrorPercent,
    onFailure: given.onFailure,
    keepsOld: given.keepOldDeployment,
    computeId,
    authMode: mode,
    publicNetworkAccess: access,
    identityId,
    endpointBody: endpointBody({ location, authMode: mode, publicNetworkAccess: access, identityId, computeId }),
    bodyFor,
    scoring,
    beforeCreation: async () => {
      if (computeId === undefined) await warnOfQuota(api, location, bodyFor(), context);
    },
    buildLog: (message) => readBuildLog(api, message, context),
  };
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function capacityIn(sku: Json | undefined): number | undefined {
  const capacity = isMap(sku) ? sku['capacity'] : undefined;
  return typeof capacity === 'number' ? capacity : undefined;
}
