import { ArmError } from '../armError';

const badRequest = (code: string, message: string) => new ArmError(400, code, message);
const conflict = (code: string, message: string) => new ArmError(409, code, message);

export const locationRequired = () =>
  badRequest('LocationRequired', 'The location property is required for this definition.');

export const osTypeInvalid = (group: string) =>
  badRequest(
    'InvalidOsType',
    `The 'osType' for container group '${group}' is invalid. The value must be one of 'Windows,Linux'.`,
  );

export const groupNameInvalid = (group: string) =>
  badRequest(
    'InvalidContainerGroupName',
    `The container group name '${group}' is invalid. It must contain no more than 63 characters and must match the regex '[a-z0-9]([-a-z0-9]*[a-z0-9])?' (e.g. 'my-name').`,
  );

/** https://github.com/Azure/azure-rest-api-specs/issues/19173 */
export const variableNameInvalid = (container: string, group: string) =>
  badRequest(
    'InvalidContainerEnvironmentVariable',
    `The environment variable name in container '${container}' of container group '${group}' is invalid. A valid environment variable name must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName').`,
  );

/** https://github.com/derekbekoe/vscode-spot/issues/38 */
export const labelInvalid = (label: string, group: string) =>
  badRequest(
    'InvalidDnsNameLabel',
    `The DNS name label '${label}' in container group '${group}' is invalid. It can contain only lowercase letters, numbers and hyphens. The first character must be a letter. The last character must be a letter or number. The value must be between 5 and 63 characters long.`,
  );

/** https://github.com/hashicorp/terraform-provider-azurerm/issues/1697 */
export const addressPortsMissing = (group: string) =>
  badRequest('MissingIpAddressPorts', `The ports in the 'ipAddress' of container group '${group}' cannot be empty.`);

/** https://github.com/Azure/azure-libraries-for-net/issues/216 */
export const addressPortsUnused = (ports: readonly number[], group: string) =>
  badRequest(
    'IpAddressPortsNotUsed',
    `Following ports '${ports.join(',')}' in the 'ipAddress' are not used by any container in container group '${group}'.`,
  );

export const portInvalid = (port: unknown, group: string) =>
  badRequest(
    'InvalidPort',
    `The port '${String(port)}' in container group '${group}' is invalid. The value must be between 1 and 65535.`,
  );

export const containerNameInvalid = (container: string, group: string) =>
  badRequest(
    'InvalidContainerName',
    `The container name '${container}' in container group '${group}' is invalid. It must contain no more than 63 characters and must match the regex '[a-z0-9]([-a-z0-9]*[a-z0-9])?' (e.g. 'my-name').`,
  );

/** https://github.com/MicrosoftLearning/mslearn-azure-developer/pull/67 */
export const requestsMissing = (container: string, group: string) =>
  badRequest(
    'ResourceRequestsNotSpecified',
    `The resource requests are not specified in container '${container}' of contain group '${group}'. Both memory and CPU requests are required since API version '2017-07-01-preview'.`,
  );

export const requestsInvalid = (requirement: object, container: string, group: string) =>
  badRequest(
    'InvalidResourceRequests',
    `The resource requirement '${JSON.stringify(requirement)}' in container '${container}' of contain group '${group}' is invalid. The 'Cpu' request must be a positive multiple of 0.01 and the 'MemoryInGB' request a positive multiple of 0.1.`,
  );

/** https://github.com/docker-archive/compose-cli/pull/357 */
export const limitsTooLow = (requirement: object, which: 'Cpu' | 'MemoryInGB', container: string, group: string) =>
  badRequest(
    'ResourceLimitsLessThanRequests',
    `The resource requirement '${JSON.stringify(requirement)}' in container '${container}' of contain group '${group}' is invalid. The '${which}' limit value must be greater than or equal to the request value.`,
  );

/** The same for an image that isn't there and for one that may not be read. */
export const imageInaccessible = (image: string, group: string) =>
  badRequest(
    'InaccessibleImage',
    `The image '${image}' in container group '${group}' is not accessible. Please check the image and registry credential.`,
  );

export const registryFailed = (server: string) =>
  conflict(
    'RegistryErrorResponse',
    `An error response is received from the docker registry '${server}'. Please retry later.`,
  );

export const registryIdentityUnsupported = (group: string) =>
  badRequest(
    'InvalidImageRegistryCredentialType',
    `Identity in 'imageRegistryCredentials' of container group '${group}' is not supported.`,
  );

export const registryIdentityInvalid = (group: string) =>
  badRequest(
    'InvalidImageRegistryIdentity',
    `The identity in the 'imageRegistryCredentials' of container group '${group}' not found in container group identity list.`,
  );

/** The code is misspelt by Azure. */
export const registryCredentialAmbiguous = (group: string) =>
  badRequest(
    'AmbiguousImageResitryCredentialType',
    `The registry credential type in the 'imageRegistryCredentials' of container group '${group}' cannot be detected. Please set exactly one of username or identity`,
  );

export const updateInvalid = (group: string) =>
  badRequest(
    'InvalidContainerGroupUpdate',
    `The updates on container group '${group}' are invalid. If you are going to update the os type, restart policy, network profile, CPU, memory or GPU resources for a container group, you must delete it first and then create a new one.`,
  );

export const labelTaken = (label: string, group: string) =>
  badRequest(
    'DnsNameLabelAlreadyTaken',
    `The DNS name label '${label}' in container group '${group}' is not available. Try using a different label.`,
  );

export const quotaReached = (region: string, limit: number, usage: number, requested: number) =>
  badRequest(
    'ContainerGroupQuotaReached',
    `Resource type 'Microsoft.ContainerInstance/containerGroups' container group quota 'StandardCores' exceeded in region '${region}'. Limit: '${limit}', Usage: '${usage}' Requested: '${requested}'.`,
  );

export const capacityMessage = (region: string, cpu: number, memoryInGB: number, osType: string) =>
  `The requested resource is not available in the location '${region}' at this moment. Please retry with a different resource request or in another location. Resource requested: '${cpu}' CPU '${memoryInGB}' GB memory '${osType}' OS`;

export const capacityMissing = (message: string) => conflict('ServiceUnavailable', message);

export const groupTransitioning = (group: string) =>
  conflict('ContainerGroupTransitioning', `The container group '${group}' is still transitioning, please retry later.`);

export const groupNotReady = () => conflict('ContainerGroupDeploymentNotReady', 'The container group is not ready');

export const containerNotFound = (container: string, group: string) =>
  new ArmError(404, 'ContainerNotFound', `The container '${container}' is not found in container group '${group}'.`);
