import type { KnownBehaviors } from '../../comparison/knownBehavior';

const api = 'https://learn.microsoft.com/rest/api/container-instances/container-groups/create-or-update';
const secureValues = 'https://learn.microsoft.com/azure/container-instances/container-instances-environment-variables';
const secretVolumes = 'https://learn.microsoft.com/azure/container-instances/container-instances-volume-secret';
const updates = 'https://learn.microsoft.com/azure/container-instances/container-instances-update';

/** How Azure treats the settings of a container group. Paths are places as in `settingsOf`, without the levels `properties`. */
export const groupBehaviors: KnownBehaviors = [
  { path: '**.containers', is: 'set', key: 'name', source: api },
  { path: '**.initContainers', is: 'set', key: 'name', source: api },
  { path: '**.environmentVariables', is: 'set', key: 'name', source: api },
  { path: '**.volumes', is: 'set', key: 'name', source: api },
  { path: '**.volumeMounts', is: 'set', key: 'name', source: api },
  { path: '**.ports', is: 'set', key: 'port', source: api },
  { path: '**.imageRegistryCredentials', is: 'set', key: 'server', source: api },
  { path: '**.subnetIds', is: 'set', key: 'id', source: api },

  { path: '**.secureValue', is: 'writeOnly', source: secureValues },
  { path: '**.password', is: 'writeOnly', source: api },
  { path: '**.storageAccountKey', is: 'writeOnly', source: api },
  { path: '**.workspaceKey', is: 'writeOnly', source: api },
  { path: 'volumes.*.secret.**', is: 'writeOnly', source: secretVolumes },

  // Azure adds none of these; it may add any other setting.
  { path: 'containers.*.image', is: 'default', values: [], source: api },
  { path: 'containers.*.environmentVariables.**', is: 'default', values: [], source: api },
  { path: 'subnetIds.**', is: 'default', values: [], source: api },
  { path: 'zones.**', is: 'default', values: [], source: api },
  { path: '**', is: 'default', source: api },
];

/** Settings that Azure does not change in an existing group. */
export const immutableSettings: readonly { readonly path: string; readonly source: string }[] = [
  { path: 'location', source: updates },
  { path: 'osType', source: updates },
  { path: 'restartPolicy', source: updates },
  { path: 'sku', source: updates },
  { path: 'priority', source: updates },
  { path: 'ipAddress.type', source: updates },
  { path: 'zones.**', source: updates },
  { path: 'subnetIds.**', source: updates },
  { path: 'confidentialComputeProperties.**', source: updates },
  { path: 'containers.*.resources.**', source: updates },
];
