import type { KnownCause } from '../../../causes/cause';

/** A message of Azure Machine Learning, and what it means. Named groups of the message can stand in braces in the text. */
export interface Refusal extends Pick<KnownCause, 'message' | 'source'> {
  /** What it means, and what to do. Azure's own message follows. */
  readonly cause: string;
  /** It says less than an incomplete stage of the start. */
  readonly isVague?: true;
}

const troubleshoot = 'https://learn.microsoft.com/azure/machine-learning/how-to-troubleshoot-online-endpoints';
const roles =
  'https://learn.microsoft.com/azure/machine-learning/how-to-access-resources-from-endpoints-managed-identities';
const moreQuota =
  'Delete deployments that are not used, choose a smaller instance type or fewer instances, or request more quota of Azure Machine Learning for this family in this region (Azure Machine Learning studio, Quota). One instance needs the cores of two, because Azure reserves 20 % for upgrades and rounds up.';

/** The first that matches applies. */
export const refusals: readonly Refusal[] = [
  {
    message:
      /Not enough quota available for (?<size>\w+).*?Current usage\/limit: (?<used>\d+)\/(?<limit>\d+)\. Additional needed: (?<needed>\d+)/is,
    cause: `The quota is exhausted: the deployment needs {needed} more cores of {size}, and {used} of {limit} are in use. ${moreQuota}`,
    source: 'https://github.com/MicrosoftLearning/mslearn-azure-ml/issues/30',
  },
  {
    message: /Endpoint Quota reached.*?Current usage\/limit: (?<used>\d+)\/(?<limit>\d+)/is,
    cause:
      'The subscription has {used} of at most {limit} endpoints in this region. Delete endpoints that are not used, or request a higher limit.',
    source: 'https://github.com/Azure/azureml-examples/issues/1635',
  },
  {
    message: /Kubernetes unschedulable|\bPodUnschedulable\b/,
    cause: 'No node of the cluster can take the deployment. Request less CPU and memory, or add nodes to the cluster.',
    source: troubleshoot,
  },
  {
    message:
      /amount of (?<what>.+?) quota requested is (?<needed>\d+) and your maximum amount of quota is (?<limit>[^.\s]+)/i,
    cause: `The quota is exhausted: the deployment needs {needed} {what} cores, and the quota is {limit}. ${moreQuota}`,
    source: troubleshoot,
  },
  {
    message: /\bOutOfQuota\b/,
    cause: `The quota of the subscription in this region is exhausted. ${moreQuota}`,
    source: troubleshoot,
  },
  {
    message: /\bOutOfCapacity\b|region-wide VM capacity|not have (?:enough|sufficient) capacity/i,
    cause:
      'The region has no free machines of this instance type at the moment, although the quota allows them. Choose another instance type or region, or try again later.',
    source: troubleshoot,
  },
  {
    message: /There is already an endpoint with this name|Endpoint name needs to be unique within a region/i,
    cause:
      'The name of the endpoint is taken in this region, by another workspace or another customer. Choose another endpoint name, or check the name of the workspace.',
    source: 'https://github.com/Azure/azureml-examples/issues/1931',
  },
  {
    message: /\bSubscriptionNotRegistered\b|Resource provider .* isn't registered/i,
    cause:
      'The subscription is not registered for services that endpoints need. Register Microsoft.PolicyInsights and Microsoft.Cdn on the subscription once (az provider register --namespace …), and run again. A role on a resource group alone does not suffice for that.',
    source: 'https://github.com/MicrosoftLearning/mslearn-azure-ml/issues/106',
  },
  {
    message: /identity does not have pull permission/i,
    cause:
      'The identity of the endpoint may not pull the image. Assign it the role AcrPull on the registry, wait at least 5 minutes, and run again.',
    source: roles,
  },
  {
    message: /unable to download user container image/i,
    cause:
      'The image cannot be pulled. Check its name and its tag, and that the identity of the endpoint has the role AcrPull on the registry.',
    source: troubleshoot,
  },
  {
    message: /unable to download user model/i,
    cause:
      "The model cannot be downloaded. Check that it still exists in the storage of the workspace, and that the identity of the endpoint has the role 'Storage Blob Data Reader' on the storage account.",
    source: troubleshoot,
  },
  {
    message: /\bImageBuildFailure\b|no Environment Image available/i,
    cause:
      'The image of the environment could not be built. Correct the packages in the conda file, or use an image that has them.',
    source: troubleshoot,
  },
  {
    message: /RequestDisallowedByPolicy/,
    cause: 'Azure Policy forbids this. Change the deployment as the message says, or ask for an exemption.',
    source:
      'https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-policy-requestdisallowedbypolicy',
  },
  {
    message: /Model container with name: (?<name>.+?) not found|\bModelNotFound\b/i,
    cause: 'The workspace has no such model. Check its name and its version.',
    source: 'https://github.com/Azure/mlops-v2/issues/76',
  },
  {
    message: /was deleted at .* cannot be recreated/i,
    cause: 'A deleted version cannot be created again. Use another version.',
    source: 'https://github.com/Azure/azureml-assets/issues/3439',
  },
  {
    message: /\bSecretsInjectionError\b/,
    cause:
      'A reference to a secret cannot be resolved. Check the name of the connection or of the secret, and that the identity of the endpoint may read it.',
    source: troubleshoot,
  },
  {
    message: /\bWorkspaceManagedNetworkNotReady\b/,
    cause: 'The managed network of the workspace is not ready. Provision it in the workspace, and run again.',
    source: troubleshoot,
  },
  {
    message: /container has crashed or terminated: (?<probe>\w+) probe failed/i,
    cause:
      'The program in the container does not answer: its {probe} probe failed. It crashed, takes too long to start, or does not serve the path of the probe. Read its log below; if it only starts slowly, allow it more time to start.',
    source: 'https://github.com/Azure/mlops-v2/issues/120',
  },
  {
    message:
      /container has crashed or terminated|\bResourceNotReady\b|\bDeploymentCrashLoopBackOff\b|\bKubernetesCrashLoopBackOff\b/i,
    cause: 'The program in the container ended. Read its log below.',
    source: troubleshoot,
  },
  {
    message: /\bPodOutOfMemory\b|\bOOMKilled\b/,
    cause: 'The container needs more memory than it has. Choose a larger instance type, or request more memory.',
    source: troubleshoot,
  },
  {
    message: /\bImagePullLoopBackOff\b|\bACR(?:Secret|AuthenticationChallenge|TokenExchange)\w*\b/,
    cause: 'The cluster cannot pull the image. Check its name, and that the cluster may read the registry.',
    source: troubleshoot,
  },
  {
    message: /\bInternalServerError\b|Internal error\. Please see troubleshooting guide/i,
    cause:
      'Azure gives no reason. Known causes are: the identity of the endpoint lacks the role AcrPull on the registry, the region has no free machines of this instance type (often GPU), or the server does not have the path of a probe.',
    isVague: true,
    source: troubleshoot,
  },
];

/** What the log of the program says, where the message of Azure says only that it ended. */
export const logCauses: readonly Refusal[] = [
  {
    message: /A required package azureml-inference-server-http is missing/i,
    cause:
      'The image lacks the package azureml-inference-server-http, which runs the scoring script. Add it to the conda file, or to the image.',
    source: 'https://github.com/Azure/azureml-examples/issues/2760',
  },
  {
    message: /ModuleNotFoundError: No module named '(?<module>[^']+)'/,
    cause: "The Python package '{module}' is missing from the environment. Add it to the conda file, or to the image.",
    source: 'https://docs.python.org/3/library/exceptions.html#ModuleNotFoundError',
  },
  {
    message: /\bOOMKilled\b|exit code 137|\bKilled$|Cannot allocate memory|MemoryError/m,
    cause: 'The container needs more memory than it has. Choose a larger instance type.',
    source: troubleshoot,
  },
  {
    message: /has no attribute '(?<name>init|run)'|(?:init|run)\(\) (?:is not defined|not found)/,
    cause: 'The scoring script lacks a function that the inference server calls. It must have init() and run().',
    source: 'https://learn.microsoft.com/azure/machine-learning/how-to-inference-server-http',
  },
];

/** What an incomplete stage of the start means. */
export const stageCauses: Readonly<Record<string, string>> = {
  UserContainerImagePull:
    'The image cannot be pulled. Check its name and its tag, and that the identity of the endpoint has the role AcrPull on the registry.',
  ModelDownload:
    "The model cannot be downloaded. Check that it exists, and that the identity of the endpoint has the role 'Storage Blob Data Reader' on the storage account of the workspace.",
  UserContainerStart: 'The program in the container does not start. Read its log below.',
};
