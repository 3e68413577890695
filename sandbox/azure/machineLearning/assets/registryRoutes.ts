import { resourceNotFound } from '../../armError';
import { pageOf } from '../../pages';
import { sameText } from '../../resourceId';
import { type ArmRequest, ok } from '../../router';
import { registryType } from '../machineLearning';
import { groupPath, type MlRouter } from '../mlRouter';
import {
  chosen,
  containerNotFound,
  describeAsset,
  describeContainer,
  type Pages,
  versionNotFound,
} from './assetRoutes';

/** Registries, and their models and environments: get and list. */
export function addRegistryRoutes(routes: MlRouter, pages: Pages): void {
  const { ml } = routes;
  const registryOf = (request: ArmRequest): string => {
    const { subscriptionId = '', resourceGroup = '', registry = '' } = request.parameters;
    const wanted = `${routes.groups.get(subscriptionId, resourceGroup).id}/providers/${registryType}/${registry}`;
    const found = ml.registries.find((id) => sameText(id, wanted));
    if (found === undefined) throw resourceNotFound(registryType, registry, resourceGroup);
    return found;
  };
  const one = `${groupPath}/registries/{registry}`;
  // Registries may be in many regions; the error names that of none.
  const location = '';
  routes.addAny(['GET', one, 'registries/read'], (request) => {
    const id = registryOf(request);
    return ok({ id, name: id.slice(id.lastIndexOf('/') + 1), type: registryType, properties: {} });
  });
  for (const kind of ['models', 'environments'] as const) {
    const container = `${one}/${kind}/{name}`;
    routes.addAny(['GET', container, 'registries/assets/read'], (request) => {
      const { name = '' } = request.parameters;
      const versions = ml.assets.list(registryOf(request), kind, name);
      if (versions.length === 0) throw containerNotFound(kind, name, location);
      return ok(describeContainer(versions));
    });
    routes.addAny(['GET', `${container}/versions`, 'registries/assets/read'], (request) => {
      const { name = '' } = request.parameters;
      const versions = ml.assets.list(registryOf(request), kind, name);
      if (versions.length === 0) throw containerNotFound(kind, name, location);
      return ok(
        pageOf(
          chosen(versions, request).map((asset) => describeAsset(asset)),
          request,
          pages,
        ),
      );
    });
    routes.addAny(['GET', `${container}/versions/{version}`, 'registries/assets/read'], (request) => {
      const { name = '', version = '' } = request.parameters;
      const asset = ml.assets.get(registryOf(request), kind, name, version);
      if (!asset) throw versionNotFound(kind, { name, version }, location);
      return ok(describeAsset(asset));
    });
  }
}
