import type { ResourceGroups } from '../resourceGroups';
import type { Router } from '../router';
import { addAssetRoutes } from './assets/assetRoutes';
import { addDatastoreRoutes } from './assets/datastoreRoutes';
import { addRegistryRoutes } from './assets/registryRoutes';
import { addDeploymentRoutes } from './deployments/deploymentRoutes';
import { addEndpointRoutes } from './endpoints/endpointRoutes';
import type { MachineLearning } from './machineLearning';
import { MlOperations } from './mlOperations';
import { MlRouter } from './mlRouter';
import { addMlWorkspaceRoutes } from './workspaceRoutes';

export interface MlParts {
  readonly ml: MachineLearning;
  readonly groups: ResourceGroups;
  /** Of the Resource Manager. */
  readonly url: string;
  readonly pageSize: number;
}

/** All routes of Microsoft.MachineLearningServices. */
export function addMachineLearningRoutes(router: Router, { ml, groups, ...pages }: MlParts): void {
  const routes = new MlRouter(router, groups, ml);
  const operations = new MlOperations(pages.url, ml.clocks.clock);
  operations.addRoutes(router);
  addMlWorkspaceRoutes(routes, pages);
  addAssetRoutes(routes, pages);
  addDatastoreRoutes(routes, pages);
  addRegistryRoutes(routes, pages);
  addEndpointRoutes(routes, operations, pages);
  addDeploymentRoutes(routes, operations, pages);
}
