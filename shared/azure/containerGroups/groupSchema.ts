import { isAt } from '../../comparison/knownBehavior';
import type { DocumentPath, Finding } from '../../finding';

/** The settings of a container group that are text, and those that are numbers or booleans, without the levels `properties`. */
const fields: Readonly<Record<'text' | 'other', readonly string[]>> = {
  text: [
    'tags.*',
    'location',
    'zones.*',
    '**.name',
    '**.image',
    '**.command.*',
    '**.environmentVariables.*.value',
    '**.environmentVariables.*.secureValue',
    '**.httpHeaders.*.value',
    '**.path',
    '**.imageRegistryCredentials.*.*',
    '**.dnsNameLabel',
    '**.volumes.*.secret.*',
    '**.azureFile.*Name',
    '**.azureFile.storageAccountKey',
    '**.gitRepo.*',
    '**.logAnalytics.*',
    '**.logAnalytics.metadata.*',
  ],
  other: [
    '**.port',
    '**.cpu',
    '**.memoryInGB',
    '**.count',
    '**.*Seconds',
    '**.*Threshold',
    '**.runAs*',
    '**.readOnly',
    '**.privileged',
    '**.allowPrivilegeEscalation',
  ],
};

/** The body of a container group: https://learn.microsoft.com/rest/api/container-instances/container-groups/create-or-update. */
export const groupSchema = {
  name: 'specification of a container group',
  textAt: (path: DocumentPath): boolean | undefined => {
    const names = path.map(String).filter((name) => name !== 'properties');
    if (fields.text.some((one) => isAt(one, names))) return true;
    return fields.other.some((one) => isAt(one, names)) ? false : undefined;
  },
  check: (): readonly Finding[] => [],
};
