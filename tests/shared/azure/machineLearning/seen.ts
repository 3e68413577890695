import type { Deployment } from '../../../../shared/azure/machineLearning/api/deployments';
import type { Endpoint } from '../../../../shared/azure/machineLearning/api/endpoints';
import { tagsOf } from '../../../../shared/azure/machineLearning/plan/tags';
import type { Seen, Wanted } from '../../../../shared/azure/machineLearning/plan/step';

export const wanted: Wanted = { digest: 'd1', strategy: 'blueGreen', canaryPercent: 10, keepsOld: false };

interface GivenEndpoint {
  readonly state?: string;
  readonly traffic?: Readonly<Record<string, number>>;
  readonly mirrorTraffic?: Readonly<Record<string, number>>;
  readonly isForeign?: true;
  readonly authMode?: string;
  readonly compute?: string;
  readonly identities?: readonly string[];
  readonly publicNetworkAccess?: string;
}

export function endpointOf(given: GivenEndpoint = {}): Endpoint {
  const { state = 'Succeeded', traffic = {}, mirrorTraffic = {}, isForeign, authMode = 'Key', compute } = given;
  return {
    name: 'score',
    whole: {},
    ...(!isForeign && { tags: { 'model-pipeline-settings': 'endpoint' } }),
    ...(given.identities && {
      identity: { userAssignedIdentities: Object.fromEntries(given.identities.map((id) => [id, {}])) },
    }),
    properties: {
      authMode,
      provisioningState: state,
      traffic,
      mirrorTraffic,
      ...(compute !== undefined && { compute }),
      ...(given.publicNetworkAccess !== undefined && { publicNetworkAccess: given.publicNetworkAccess }),
    },
  };
}

interface GivenDeployment {
  readonly state?: string;
  /** Undefined for one that somebody else made. */
  readonly digest?: string;
  readonly generation?: number;
  readonly replaces?: string;
  readonly capacity?: number;
}

export function deploymentOf(name: string, given: GivenDeployment = {}): Deployment {
  const { state = 'Succeeded', digest, generation = 1, replaces, capacity = 1 } = given;
  return {
    name,
    whole: {},
    sku: { capacity },
    ...(digest !== undefined && { tags: tagsOf(digest, { generation, replaces }) }),
    properties: { provisioningState: state },
  };
}

export function seen(endpoint: GivenEndpoint, ...deployments: readonly Deployment[]): Seen {
  return { endpoint: endpointOf(endpoint), deployments };
}
