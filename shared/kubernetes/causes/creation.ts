import { bytesIn, coresIn } from '../manifest/quantities';
import { controllerGraceSeconds, noticeGraceSeconds, type KnownCause } from '../../causes/cause';

const quotas =
  'https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apiserver/pkg/admission/plugin/resourcequota/controller.go';
const limitRanges =
  'https://github.com/kubernetes/kubernetes/blob/master/plugin/pkg/admission/limitranger/admission.go';
const webhooks =
  'https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apiserver/pkg/admission/plugin/webhook';
/** Pods of the previous version use the quota until they have ended, which takes up to 80 s, and the next attempt follows. */
const quotaGraceSeconds = 120;

const final = { graceSeconds: noticeGraceSeconds } as const;
const exceeded = { graceSeconds: quotaGraceSeconds, isFinal: neverFits, source: quotas } as const;

/** Why the cluster refuses to create pods. */
export const creationCauses: readonly KnownCause[] = [
  {
    message: /failed quota: (?<quota>[^:]+): must specify (?<what>.*\blimits\.cpu\b.*)/,
    cause: "The quota '{quota}' of the namespace requires a CPU limit, which the service does not have",
    advice: 'Set a CPU limit for the service (and every other value that the message names).',
    ...final,
    source: quotas,
  },
  {
    message: /failed quota: (?<quota>[^:]+): must specify (?<what>.+)/,
    cause: "The quota '{quota}' of the namespace requires values that the service does not have",
    advice: 'Set the requests and limits that the message names for these containers.',
    ...final,
    source: quotas,
  },
  {
    message: /exceeded quota: (?<quota>[^,]+), requested: \S*gpu\b/,
    cause: "The quota '{quota}' of the namespace does not allow that many GPUs",
    advice: 'Request fewer GPUs or replicas, or ask for a higher quota of the namespace.',
    ...exceeded,
  },
  {
    message: /exceeded quota: (?<quota>[^,]+), requested: (?:count\/)?pods=/,
    cause: "The quota '{quota}' of the namespace does not allow that many pods",
    advice:
      'Request fewer replicas (an update needs one more meanwhile), delete pods that are no longer needed, or ask for a higher quota of the namespace.',
    ...exceeded,
  },
  {
    message: /exceeded quota: (?<quota>[^,]+)/,
    cause: "The quota '{quota}' of the namespace is used up",
    advice: 'Request less CPU, memory or replicas, or ask for a higher quota of the namespace.',
    ...exceeded,
  },
  {
    message: /status unknown for quota|quota evaluation timed out/,
    cause: 'The cluster has not calculated the quota of the namespace yet',
    advice: 'Run the step again in some minutes.',
    graceSeconds: controllerGraceSeconds,
    source: quotas,
  },
  {
    message:
      /maximum (?<resource>\S+) usage per (?<scope>\w+) is (?<most>\S+?)[.,]? +(?:but|No) (?<what>limit|request)/i,
    cause: 'The limit range of the namespace allows at most {most} of {resource} per {scope}',
    advice: 'Request at most that much, or ask for a different limit range of the namespace.',
    ...final,
    source: limitRanges,
  },
  {
    message:
      /minimum (?<resource>\S+) usage per (?<scope>\w+) is (?<least>\S+?)[.,]? +(?:but|No) (?<what>limit|request)/i,
    cause: 'The limit range of the namespace requires at least {least} of {resource} per {scope}',
    advice: 'Request at least that much, or ask for a different limit range of the namespace.',
    ...final,
    source: limitRanges,
  },
  {
    message: /(?<resource>\S+) max limit to request ratio per (?<scope>\w+) is (?<ratio>[^\s,]+)/,
    cause: 'The limit range of the namespace allows a {resource} limit of at most {ratio} times the request',
    advice: 'Raise the request, or lower the limit, so that their ratio is allowed.',
    ...final,
    source: limitRanges,
  },
  {
    message: /must be less than or equal to (?<resource>\S+) limit of (?<limit>\S+)/,
    cause:
      'The {resource} request is higher than the limit of {limit}, which is the default of the namespace (limit range) where the service does not set one',
    advice: 'Set a {resource} limit that is not lower than the request.',
    ...final,
    source: 'https://kubernetes.io/docs/concepts/policy/limit-range/',
  },
  {
    message: /error looking up service account \S+?\/(?<account>[^:\s]+): /,
    cause: "The ServiceAccount '{account}' does not exist in the namespace",
    advice: 'Create it, or correct its name in the manifest.',
    ...final,
    source: 'https://github.com/kubernetes/kubernetes/blob/master/plugin/pkg/admission/serviceaccount/admission.go',
  },
  {
    message: /no PriorityClass with name (?<name>\S+) was found/i,
    cause: "The PriorityClass '{name}' does not exist in the cluster",
    advice: 'Create it, or correct its name in the manifest.',
    ...final,
    source: 'https://github.com/kubernetes/kubernetes/blob/master/plugin/pkg/admission/priority/admission.go',
  },
  {
    message: /RuntimeClass(?:\.node\.k8s\.io)? "(?<name>[^"]+)" not found/i,
    cause: "The RuntimeClass '{name}' does not exist in the cluster",
    advice: 'Create it, or correct its name in the manifest.',
    ...final,
    source: 'https://github.com/kubernetes/kubernetes/blob/master/plugin/pkg/admission/runtimeclass/admission.go',
  },
  {
    message: /failed calling webhook "(?<webhook>[^"]+)"/,
    cause: "The webhook '{webhook}', which the cluster asks before it creates pods, does not answer",
    advice:
      'Ask the administrator of the cluster to repair the service of this webhook (the message names it) or to remove its configuration.',
    graceSeconds: controllerGraceSeconds,
    source: `${webhooks}/errors/statuserror.go; https://github.com/Azure/azure-workload-identity/issues/1608`,
  },
  {
    message: /admission webhook "(?<webhook>[^"]+)" denied the request: \[?\\?\[?(?<policy>azurepolicy-[\w-]+)/,
    cause: "Azure Policy forbids the pods (constraint '{policy}')",
    advice: 'Change the service as the message says, or ask for an exemption from the policy.',
    ...final,
    source: 'https://learn.microsoft.com/azure/governance/policy/concepts/policy-for-kubernetes',
  },
  {
    message: /admission webhook "(?<webhook>[^"]+)" denied the request/,
    cause: "The webhook '{webhook}' of the cluster forbids the pods",
    advice: 'Change the service as the message says, or ask the administrator of the cluster.',
    ...final,
    source: `${webhooks}/errors/statuserror.go`,
  },
  {
    message: /ValidatingAdmissionPolicy '(?<policy>[^']+)' with binding '[^']+' denied request/,
    cause: "The policy '{policy}' of the cluster forbids the pods",
    advice: 'Change the service as the message says, or ask the administrator of the cluster.',
    ...final,
    source: 'https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/',
  },
  {
    message: /violates PodSecurity/,
    cause: 'The Pod Security level of the namespace forbids these containers',
    advice:
      'Keep the default security settings of the service, or ask for a different Pod Security level of the namespace.',
    ...final,
    source:
      'https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/pod-security-admission/admission/admission.go',
  },
  {
    message: /namespace (?<namespace>\S+) because it is being terminated/,
    cause: "The namespace '{namespace}' is being deleted",
    advice: 'Deploy to another namespace, or wait until it is gone and create it again.',
    ...final,
    source:
      'https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go',
  },
  {
    message:
      /no API token found for service account|etcdserver: |request did not complete within|Internal error occurred/,
    cause: 'The cluster could not create the pods for a reason of its own',
    advice: 'Run the step again. If it persists, ask the administrator of the cluster.',
    graceSeconds: controllerGraceSeconds,
    source:
      'https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apimachinery/pkg/api/errors/errors.go',
  },
];

/** Whether a single pod requests more than the quota allows at all. */
function neverFits(message: string): boolean {
  const [, requested = '', limited = ''] = /requested: (\S+), used: \S+, limited: (\S+)/.exec(message) ?? [];
  const limits = new Map(amountsIn(limited));
  return amountsIn(requested).some(([name, amount]) => amount > (limits.get(name) ?? Infinity));
}

function amountsIn(list: string): readonly (readonly [name: string, amount: number])[] {
  return list.split(',').map((entry) => {
    const [name = '', text = ''] = entry.split('=');
    return [name, /^\d+m$/.test(text) ? coresIn(text) : bytesIn(text)];
  });
}
