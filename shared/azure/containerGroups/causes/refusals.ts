/** What Azure reports when it does not deploy a container group, in terms that need no knowledge of Azure. */
export interface GroupRefusal {
  /** Matches the code and the message of Azure. */
  readonly message: RegExp;
  /** What it means, and what to do. Azure's own message follows. */
  readonly cause: string;
  /** Where the message comes from. */
  readonly source: string;
}

const support = 'https://learn.microsoft.com/troubleshoot/azure/azure-container-instances';
const identities = `${support}/management/acr-image-pull-failures-managed-identity`;
const quotaAdvice =
  'Delete unused groups, request less, choose another region, or request a higher quota (Azure portal, Quotas).';

/** The first that matches applies. */
export const refusals: readonly GroupRefusal[] = [
  {
    message: /\bInaccessibleImage\b|\bis not accessible\b/,
    cause:
      "Azure can't pull the image: the image or tag does not exist (names must be in lower case), or the group is not allowed to read the registry. Check the name, and that the registry identity has the role AcrPull, or that user name and password are correct.",
    source: `${support}/configuration-setup/inaccessible-image`,
  },
  {
    message: /\bInvalidImageRegistryIdentity\b/,
    cause:
      "Azure can't pull the image with this identity: it must be a user-assigned managed identity with the role AcrPull on the registry. A system-assigned identity is not supported here.",
    source: identities,
  },
  {
    message: /\bInvalidImageRegistryCredentialType\b|\bAmbiguousImageRe\w+CredentialType\b/,
    cause: "Azure can't sign in to the registry: give either an identity, or a user name and a password.",
    source: identities,
  },
  {
    message: /\bRegistryErrorResponse\b|toomanyrequests|pull rate limit/i,
    cause:
      'The registry refused the pull, as Docker Hub does above its rate limit. Try again later, or keep the image in your own Azure Container Registry.',
    source: `${support}/configuration-setup/docker-hub-rate-limit-registryerrorresponse`,
  },
  {
    message: /DNS name label .* (?:not available|taken)|\bDnsNameLabel\w*(?:Taken|NotAvailable)\b/i,
    cause:
      'This DNS name label is already taken in the region. Choose another one, or a reuse scope, which adds a hash to the name.',
    source: 'https://github.com/shahiddev/docker-k8s-workshop/pull/2',
  },
  {
    message: /quota '(?:K80|P100|V100|T4|A100)\w*' exceeded/i,
    cause: `The quota of the subscription does not allow that many GPUs in this region (the default is 0). ${quotaAdvice}`,
    source: `${support}/configuration-setup/service-unavailable-gpu-enabled-aci-deployment-failures`,
  },
  {
    message: /quota 'ContainerGroups' exceeded/i,
    cause: `The subscription does not allow that many container groups in this region. ${quotaAdvice} If the limit is 0, deploy one group at a time.`,
    source: `${support}/configuration-setup/service-unavailable-container-group-quota-exceeded`,
  },
  {
    message: /quota .*exceeded|\bContainerGroupQuotaReached\b|\bQuotaExceeded\b/i,
    cause:
      'The quota of the subscription does not allow that many cores in this region. Delete unused groups, request fewer cores, choose another region, or request a higher quota (Azure portal, Quotas).',
    source: `${support}/configuration-setup/spot-container-group-quota-reached-error`,
  },
  {
    message: /\bServiceUnavailable\b.*\blocation\b|not available in the location|\bInsufficientCapacity\b/i,
    cause:
      'This region currently lacks the capacity for this CPU and memory. Try again later, request less, or choose another region.',
    source: `${support}/configuration-setup/service-unavailable-requested-resource-is-not-available`,
  },
  {
    message: /\bResource(?:Some)?RequestsNotSpecified\b/,
    cause:
      'Each container must request CPU and memory. Add resources.requests to the container that the message names.',
    source: 'https://github.com/MicrosoftLearning/mslearn-azure-developer/pull/67',
  },
  {
    message: /\bResourceLimitsLessThanRequests\b|\bContainerLimitGreaterThanContainerGroupTotalRequest\b/,
    cause:
      'The limits of a container must not be less than its requests, nor greater than the requests of the whole group. Correct the resources of the container that the message names.',
    source: 'https://github.com/virtual-kubelet/virtual-kubelet/issues/153',
  },
  {
    message: /\bInvalidOsType\b/,
    cause: 'The operating system of the group must be Linux or Windows. Set osType in the specification.',
    source: 'https://github.com/MicrosoftLearning/mslearn-azure-developer/pull/67',
  },
  {
    message: /\bContainerGroupTransitioning\b|is still transitioning/,
    cause: 'Azure is still working on the container group. Run the step again in some minutes.',
    source: `${support}/configuration-setup/container-group-transitioning-state`,
  },
  {
    message: /\bMissingSubscriptionRegistration\b/,
    cause:
      'The subscription is not registered for Azure Container Instances. Register it once: az provider register --namespace Microsoft.ContainerInstance.',
    source: 'https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-register-resource-provider',
  },
  {
    message: /\bRequestDisallowedByPolicy\b/,
    cause: 'Azure Policy forbids this container group. Change it as the message says, or ask for an exemption.',
    source:
      'https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-policy-requestdisallowedbypolicy',
  },
  {
    message: /not available for resource type 'Microsoft\.ContainerInstance/,
    cause: 'Azure Container Instances is not available in this region. Choose another one.',
    source: 'https://github.com/Azure/acr/issues/406',
  },
  {
    message: /\bdelete it first\b/,
    cause: 'Azure cannot change this in an existing group. Delete the group and deploy it again.',
    source: 'https://learn.microsoft.com/azure/container-instances/container-instances-update',
  },
];
