import { pageOf } from '../../pages';
import { partOf, sameText } from '../../resourceId';
import { ok } from '../../router';
import { numberAt } from '../json';
import type { MachineLearning } from '../machineLearning';
import { assetNotFound } from '../mlError';
import { bodyOf, type MlRouter } from '../mlRouter';
import { datastoresOf } from '../scoring/modelFiles';
import { type MlWorkspace, workspaceType } from '../workspace';
import type { Pages } from './assetRoutes';

const defaultName = 'workspaceblobstore';
const hour = 3_600_000;

/** The datastores that every workspace has: list, get and their secrets. */
export function addDatastoreRoutes(routes: MlRouter, pages: Pages): void {
  const { ml } = routes;
  routes.add(['GET', '/datastores', 'datastores/read'], (workspace, request) => {
    const isDefault = request.query.get('isDefault');
    const names = Object.keys(datastoresOf(workspace)).filter(
      (name) => isDefault === null || (name === defaultName) === (isDefault.toLowerCase() === 'true'),
    );
    return ok(
      pageOf(
        names.map((name) => describeDatastore(ml, workspace, name)),
        request,
        pages,
      ),
    );
  });
  routes.add(['GET', '/datastores/{name}', 'datastores/read'], (workspace, { parameters: { name = '' } }) =>
    ok(describeDatastore(ml, workspace, nameIn(workspace, name))),
  );
  routes.add(['POST', '/datastores/{name}/listSecrets', 'datastores/listSecrets/action'], (workspace, request) => {
    const name = nameIn(workspace, request.parameters['name'] ?? '');
    const { account = '', container = '' } = datastoresOf(workspace)[name] ?? {};
    const { systemDatastoresAuthMode: mode = 'AccessKey', location } = workspace;
    if (mode === 'Identity') {
      const message = `Datastore ${name} has no credentials.`;
      throw assetNotFound(location, 'DatastoreSecretsNotFound', message);
    }
    const body = bodyOf(request, location);
    if (mode === 'AccessKey' && body['expirableSecret'] !== true) {
      return ok({ secretsType: 'AccountKey', key: ml.blobs.sharedAccess.keyOf(account) });
    }
    const sasToken = ml.blobs.sharedAccess.grant({
      account,
      container,
      permissions: 'racwdl',
      expiresAt: ml.clocks.tokenClock.now() + (numberAt(body, 'expireAfterHours') ?? 1) * hour,
      isUserDelegation: mode === 'UserDelegationSAS',
    });
    return ok({ secretsType: 'Sas', sasToken });
  });
}

/** The name as the workspace writes it. @throws ArmError when there is none */
function nameIn(workspace: MlWorkspace, name: string): string {
  const found = Object.keys(datastoresOf(workspace)).find((each) => sameText(each, name));
  if (found !== undefined) return found;
  throw assetNotFound(workspace.location, 'DatastoreNotFound', `Could not find datastore: ${name}.`);
}

const credentialTypes = { AccessKey: 'AccountKey', Identity: 'None', UserDelegationSAS: 'Sas' };

function describeDatastore({ settings }: MachineLearning, workspace: MlWorkspace, name: string): object {
  const { account: accountName, container: containerName } = datastoresOf(workspace)[name] ?? {};
  const mode = workspace.systemDatastoresAuthMode ?? 'AccessKey';
  return {
    id: `${workspace.id}/datastores/${name}`,
    name,
    type: `${workspaceType}/datastores`,
    properties: {
      datastoreType: 'AzureBlob',
      accountName,
      containerName,
      endpoint: 'core.windows.net',
      protocol: settings.protocol,
      credentials: { credentialsType: credentialTypes[mode] },
      isDefault: name === defaultName,
      serviceDataAccessAuthIdentity: mode === 'Identity' ? 'WorkspaceSystemAssignedIdentity' : 'None',
      subscriptionId: partOf(workspace.id, 'subscriptions'),
      resourceGroup: partOf(workspace.id, 'resourceGroups'),
      description: null,
      tags: null,
      properties: null,
    },
    systemData: { createdAt: '2024-01-15T09:30:00Z', createdByType: 'Application' },
  };
}
