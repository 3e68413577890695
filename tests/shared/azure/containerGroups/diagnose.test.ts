import assert from 'node:assert/strict';
import { OperationError } from '../../../../shared/azure/resourceManager/longRunningOperation';
import type { ContainerGroup, ContainerGroupsApi } from '../../../../shared/azure/containerGroups/containerInstances';
import { diagnoseGroup } from '../../../../shared/azure/containerGroups/diagnose';
import { GroupFailure } from '../../../../shared/azure/containerGroups/follow';
import { groupVerdict } from '../../../../shared/azure/containerGroups/verdict';

/** Messages of Azure, as its documentation and threads quote them. */
const refused: readonly (readonly [code: string, message: string, cause: RegExp, source: string])[] = [
  [
    'InaccessibleImage',
    "The image 'm.azurecr.io/score:1' in container group 'score' is not accessible. Please check the image and registry credential.",
    /image or tag does not exist .* AcrPull/,
    'Azure/azure-cli#18596',
  ],
  [
    'RegistryErrorResponse',
    "An error response is received from the docker registry 'index.docker.io'. Please retry later.",
    /^The registry refused the pull/,
    'SupportArticles-docs docker-hub-rate-limit-registryerrorresponse',
  ],
  [
    'InvalidImageRegistryIdentity',
    "The identity in the 'imageRegistryCredentials' of container group 'score' not found in container group identity list.",
    /user-assigned managed identity/,
    'SupportArticles-docs acr-image-pull-failures-managed-identity',
  ],
  [
    'AmbiguousImageResitryCredentialType',
    "The registry credential type in the 'imageRegistryCredentials' of container group 'score' cannot be detected. Please set exactly one of username or identity",
    /either an identity, or a user name and a password/,
    'SupportArticles-docs acr-image-pull-failures-managed-identity',
  ],
  [
    'InvalidImageRegistryCredentialType',
    "Identity in 'imageRegistryCredentials' of container group 'score' is not supported.",
    /either an identity, or a user name and a password/,
    'SupportArticles-docs acr-image-pull-failures-managed-identity',
  ],
  [
    'DnsNameLabelAlreadyTaken',
    "The DNS name label 'aci-demo' in container group 'score' not available. Try using a different label.",
    /already taken/,
    'shahiddev/docker-k8s-workshop#2',
  ],
  [
    'ContainerGroupQuotaReached',
    "Resource type 'Microsoft.ContainerInstance/containerGroups' container group quota 'StandardCores' exceeded in region 'westeurope'. Limit: '10', Usage: '9' Requested: '2'.",
    /that many cores/,
    'SupportArticles-docs spot-container-group-quota-reached-error',
  ],
  [
    'ContainerGroupQuotaReached',
    "Resource type 'Microsoft.ContainerInstance/containerGroups' container group quota 'P100Cores' exceeded in region 'westus2'. Limit: '0', Usage: '0' Requested: '1'.",
    /that many GPUs/,
    'a deployment with Terraform',
  ],
  [
    'ServiceUnavailable',
    "Resource type 'Microsoft.ContainerInstance/containerGroups' container group quota 'ContainerGroups' exceeded in region 'westeurope'. Limit: '0', Usage: '0' Requested: '1'.",
    /that many container groups/,
    'SupportArticles-docs service-unavailable-container-group-quota-exceeded',
  ],
  [
    'ServiceUnavailable',
    "The requested resource is not available in the location 'westeurope' at this moment. Please retry with a different resource request or in another location. Resource requested: '2' CPU '4' GB memory 'Linux' OS virtual network",
    /lacks the capacity/,
    'SupportArticles-docs service-unavailable-requested-resource-is-not-available',
  ],
  [
    'Failed',
    "The requested resource is not available in the location 'uksouth' at this moment. Please retry with a different resource request or in another location. Resource requested: '1' CPU '2' GB memory 'Linux' OS virtual network",
    /lacks the capacity/,
    'Azure/Azure-Landing-Zones#2404',
  ],
  [
    'ResourceRequestsNotSpecified',
    "The resource requests are not specified in container 'score' of contain group 'score'. Both memory and CPU requests are required since API version '2017-07-01-preview'.",
    /must request CPU and memory/,
    'MicrosoftLearning/mslearn-azure-developer#67',
  ],
  [
    'ResourceSomeRequestsNotSpecified',
    "The 'MemoryInGB' request is not specified in 'Microsoft.Azure.CloudConsole.Providers.Common.Entities.ComputeResources' in container 'score' of contain group 'score'.",
    /must request CPU and memory/,
    'virtual-kubelet/azure-aci',
  ],
  [
    'ResourceLimitsLessThanRequests',
    "The resource requirement '{}' in container 'worker' of contain group 'worker' is invalid. The 'Cpu' limit value must be greater than or equal to the request value.",
    /must not be less than its requests/,
    'virtual-kubelet/virtual-kubelet#143',
  ],
  [
    'ContainerLimitGreaterThanContainerGroupTotalRequest',
    "The 'MemoryInGB' limit '1.5' in container 'helloworld' is greater than the total request '1' of container group 'default-helloworld'.",
    /greater than the requests of the whole group/,
    'virtual-kubelet/virtual-kubelet#153',
  ],
  [
    'InvalidOsType',
    "The 'osType' for container group '<null>' is invalid. The value must be one of 'Windows,Linux'.",
    /Linux or Windows/,
    'MicrosoftLearning/mslearn-azure-developer#67',
  ],
  [
    'ContainerGroupTransitioning',
    "The container group 'score' is still transitioning, please retry later.",
    /still working on the container group/,
    'SupportArticles-docs container-group-transitioning-state',
  ],
  [
    'LocationNotAvailableForResourceType',
    "The provided location 'francecentral' is not available for resource type 'Microsoft.ContainerInstance/containerGroups'. List of available regions for the resource type is 'westus,eastus'.",
    /not available in this region/,
    'Azure/acr#406',
  ],
];

/** Events of containers whose image is not pulled, and how long such a failure may last. */
const pulls: readonly (readonly [message: string, cause: RegExp, graceSeconds: number, source: string])[] = [
  [
    `Failed to pull image "m.azurecr.io/score:1": rpc error: code Unknown desc Error response from daemon: Head "https://m.azurecr.io/v2/score/manifests/1": denied: client with IP '20.1.2.3' is not allowed access. Refer https://aka.ms/acr/firewall to grant access.`,
    /firewall of the registry blocks .* 20\.1\.2\.3: .*aka\.ms\/acr\/firewall to grant access\. Allow this address/,
    90,
    'Azure/acr#633',
  ],
  [
    'Failed to pull image "score:1": rpc error: code = Unknown desc = Error response from daemon: pull access denied for score, repository does not exist or may require \'docker login\': denied: requested access to the resource is denied',
    /does not exist, or Azure is not authorized to pull it/,
    90,
    'OWASP/crAPI#12',
  ],
  [
    'Failed to pull image "m.azurecr.io/score:1": manifest for m.azurecr.io/score:1 not found: manifest unknown: manifest tagged by "1" is not found.',
    /The image m\.azurecr\.io\/score:1 does not exist: /,
    0,
    'SupportArticles-docs manifest-tag-not-found',
  ],
  [
    'Failed to pull image "score:1": toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limits.',
    /limits the number of pulls/,
    90,
    'SupportArticles-docs docker-hub-rate-limit-registryerrorresponse',
  ],
];

function groupOf(instanceView: Readonly<Record<string, unknown>>): ContainerGroup {
  const properties = { image: 'm.azurecr.io/score:1', instanceView };
  return {
    name: 'score',
    properties: { provisioningState: 'Creating', containers: [{ name: 'score', properties }] },
  };
}

function pulling(message: string, seconds: number, later: readonly object[] = []): ContainerGroup {
  const timeOf = (second: number): string => new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString();
  const failed = {
    name: 'Failed',
    type: 'Warning',
    message,
    firstTimestamp: timeOf(0),
    lastTimestamp: timeOf(seconds),
  };
  return groupOf({ currentState: { state: 'Waiting' }, events: [failed, ...later] });
}

async function causeOf(group: ContainerGroup | undefined, error: unknown, log = ''): Promise<string> {
  const groups = { get: () => Promise.resolve(group), logs: () => Promise.resolve(log) };
  return (await diagnoseGroup(groups as unknown as ContainerGroupsApi, 'score', group, error)).cause;
}

describe('The cause of a container group that does not run', () => {
  for (const [code, message, cause] of refused)
    it(`is known from ${code}: ${message.slice(0, 80)}`, async () => {
      const found = await causeOf(undefined, new OperationError(`Azure answered: ${message}`, code, message));
      assert.match(found, cause);
      assert.ok(found.includes(message), found);
    });

  for (const [message, cause, graceSeconds] of pulls)
    it(`is known from an event, which is final after ${graceSeconds} s: ${message.slice(0, 90)}`, async () => {
      const group = pulling(message, graceSeconds);
      assert.match(await causeOf(group, new GroupFailure('It does not run.')), cause);
      assert.equal(groupVerdict(group).standing, 'failed');
      if (graceSeconds > 0) assert.equal(groupVerdict(pulling(message, graceSeconds - 1)).standing, 'coming');
      const again = { name: 'Pulling', message: 'pulling image', lastTimestamp: '2026-01-01T01:00:00Z' };
      assert.equal(groupVerdict(pulling(message, graceSeconds, [again])).standing, 'coming');
    });

  it('is the exit code, also that of a maintenance of Azure', async () => {
    const ended = (exitCode: number, detailStatus = 'Error') =>
      causeOf(
        groupOf({ restartCount: 2, currentState: { state: 'Terminated', exitCode, detailStatus } }),
        new GroupFailure('It does not run.'),
      );
    assert.match(await ended(137, 'OOMKilled'), /exit code 137 \(OOMKilled\)\. .*more memory/);
    assert.match(await ended(7147), /Azure stopped it for maintenance/);
  });

  it('is the program that cannot be started, from an event or from the log', async () => {
    const currentState = { state: 'Waiting', detailStatus: 'CrashLoopBackOff', exitCode: 128 };
    const message =
      'Error: failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "gunicorn": executable file not found in $PATH: unknown';
    const events = [{ name: 'Failed', type: 'Warning', message }];
    const group = groupOf({ restartCount: 2, currentState, events });
    assert.match(
      await causeOf(group, new GroupFailure('It does not run.')),
      /the program 'gunicorn' is not in the image: Error: exec: "gunicorn": executable file not found in \$PATH\. Check/,
    );
    const other = groupOf({ restartCount: 2, currentState: { ...currentState, exitCode: 1 } });
    const found = await causeOf(other, new GroupFailure('It does not run.'), 'exec /usr/bin/python: exec format error');
    assert.match(
      found,
      /another CPU architecture.*The last line of its log: exec \/usr\/bin\/python: exec format error$/,
    );
  });
});
