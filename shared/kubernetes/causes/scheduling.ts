import { filled, noticeGraceSeconds, untilDeadline, type KnownCause } from '../../causes/cause';
import { oneLine } from '../../causes/shortMessage';

const source = 'https://github.com/kubernetes/kubernetes/tree/master/pkg/scheduler/framework/plugins';
const taints = 'https://learn.microsoft.com/azure/aks/use-node-taints';
const wait = { graceSeconds: untilDeadline, source } as const;

const addNodes = 'or add nodes (or a node pool with larger nodes) to the cluster.';

/** Why one node, or all, cannot run a pod: one part of the message of the scheduler, and a phrase for it. */
export const schedulingCauses: readonly KnownCause[] = [
  {
    message: /persistentvolumeclaim "(?<claim>[^"]+)" not found/i,
    cause: "its volume claim '{claim}' does not exist",
    advice: 'Create the PersistentVolumeClaim in this namespace, or correct its name in the manifest.',
    graceSeconds: noticeGraceSeconds,
    source,
  },
  {
    message: /persistentvolumeclaim "(?<claim>[^"]+)" (?:is being deleted|bound to non-existent persistentvolume)/i,
    cause: "its volume claim '{claim}' is being deleted or has lost its volume",
    advice: 'Create the PersistentVolumeClaim again.',
    graceSeconds: noticeGraceSeconds,
    source,
  },
  {
    message: /bound to non-existent pv/i,
    cause: 'its volume claim is bound to a volume that does not exist',
    advice: 'Create the PersistentVolumeClaim again.',
    graceSeconds: noticeGraceSeconds,
    source,
  },
  {
    message: /unbound immediate PersistentVolumeClaims/,
    cause: 'a volume that it claims was not provisioned',
    advice:
      'Check the events of the PersistentVolumeClaim, its storage class and access mode, and the quota for disks and file shares.',
    ...wait,
  },
  {
    message: /volume node affinity conflict|didn't match PersistentVolume's node affinity|no available volume zone/,
    cause: 'its volume is in another zone or on another node',
    advice:
      'A disk can only be attached in its own zone: add a node in that zone, or use zone-redundant storage or Azure Files.',
    ...wait,
  },
  {
    message: /didn't find available persistent volumes to bind/,
    cause: 'there is not a volume that its claim can use',
    advice: 'Check the storage class, the size and the access mode of the PersistentVolumeClaim.',
    ...wait,
  },
  {
    message: /exceed max volume count/,
    cause: 'too many disks are attached',
    advice: 'Use a larger VM size, which can attach more disks, or add nodes to the cluster.',
    ...wait,
  },
  {
    message: /taint (?<taint>\{CriticalAddonsOnly: [^}]*\})/,
    cause: 'the node pool is reserved for system pods (taint {taint})',
    advice: 'Add a user node pool to the cluster, or nodes to the one that it has.',
    graceSeconds: untilDeadline,
    source: 'https://learn.microsoft.com/azure/aks/use-system-pools',
  },
  {
    message: /taint (?<taint>\{kubernetes\.azure\.com\/scalesetpriority: spot\})/,
    cause: 'the nodes are Spot nodes (taint {taint})',
    advice:
      'Add a toleration for the taint kubernetes.azure.com/scalesetpriority, or use a node pool without Spot nodes.',
    graceSeconds: untilDeadline,
    source: 'https://learn.microsoft.com/azure/aks/spot-node-pool',
  },
  {
    message: /taint (?<taint>\{node\.kubernetes\.io\/(?:not-ready|unreachable|network-unavailable): [^}]*\})/,
    cause: 'the nodes are not ready (taint {taint})',
    advice: 'Check the health of the nodes (kubectl get nodes), or start the node pool.',
    graceSeconds: untilDeadline,
    source: 'https://kubernetes.io/docs/reference/labels-annotations-taints/',
  },
  {
    message: /taint (?<taint>\{node\.kubernetes\.io\/(?:disk|memory|pid)-pressure: [^}]*\})/,
    cause: 'the nodes lack disk space, memory or processes (taint {taint})',
    advice: 'Add nodes, or use nodes with larger disks or more memory.',
    graceSeconds: untilDeadline,
    source: 'https://kubernetes.io/docs/reference/labels-annotations-taints/',
  },
  {
    message: /taint(?:\(s\))? ?(?<taint>\{[^}]*\})?/,
    cause: 'a taint that the service does not tolerate {taint}',
    advice: 'Add a toleration for the taint to the service, or add nodes without it.',
    graceSeconds: untilDeadline,
    source: taints,
  },
  {
    message: /didn't (?:match|satisfy) (?:Pod's )?node (?:affinity|selector)|didn't match Pod's node affinity/i,
    cause: 'the labels of the node do not match the node selector or node affinity',
    advice: 'Check the node selector of the service, and the labels of the node pools.',
    ...wait,
  },
  {
    message: /anti-affinity/,
    cause: 'another pod must not run on the same node (anti-affinity)',
    advice: 'Add nodes, or relax the anti-affinity: each replica needs its own node, also during an update.',
    ...wait,
  },
  {
    message: /pod affinity/,
    cause: 'the pods that it must run next to are not there (pod affinity)',
    advice: 'Check the pod affinity in the manifest.',
    ...wait,
  },
  {
    message: /topology spread constraints/,
    cause: 'the replicas would not be spread as required (topology spread constraints)',
    advice: 'Add nodes in the other zones, or use ScheduleAnyway.',
    ...wait,
  },
  {
    message: /free ports for the requested pod ports/,
    cause: 'its host port is in use',
    advice: 'Remove hostPort from the manifest: a Service does not need it. Otherwise each replica needs its own node.',
    ...wait,
  },
  {
    message: /Too many pods/,
    cause: 'the maximum number of pods is reached',
    advice: 'Add nodes, or a node pool with a higher maximum of pods (az aks nodepool add --max-pods).',
    ...wait,
  },
  {
    message: /Insufficient (?<resource>nvidia\.com\/\S+|amd\.com\/gpu)/,
    cause: 'not enough GPUs ({resource})',
    advice:
      'Add nodes with GPUs whose device plugin is installed, request fewer GPUs, or release those of other services. An update needs one more replica meanwhile.',
    ...wait,
  },
  {
    message: /Insufficient (?<resource>ephemeral-storage)/,
    cause: 'not enough disk space ({resource})',
    advice: `Request less ephemeral storage, ${addNodes}`,
    ...wait,
  },
  {
    message: /Insufficient (?<resource>cpu|memory)/,
    cause: 'not enough {resource}',
    advice: `Request less {resource}, ${addNodes}`,
    ...wait,
  },
  {
    message: /Insufficient (?<resource>\S+)/,
    cause: 'not enough {resource}',
    advice: 'Request less of it, or add nodes that have it.',
    ...wait,
  },
  {
    message: /were unschedulable/,
    cause: 'the node is closed for new pods (cordoned)',
    advice: 'Wait until its upgrade or repair has ended, or add nodes.',
    ...wait,
  },
  {
    message: /scheduling gates/,
    cause: 'its scheduling gates are still set',
    advice: 'Check the controller that removes the scheduling gates, or remove them from the manifest.',
    graceSeconds: untilDeadline,
    source: 'https://kubernetes.io/docs/concepts/scheduling-eviction/pod-scheduling-readiness/',
  },
  {
    message: /no nodes available to schedule pods/,
    cause: 'the cluster does not have a node',
    advice: 'Start the cluster, or scale up a node pool.',
    ...wait,
  },
];

/** What the scheduler reports, in terms that need no knowledge of Kubernetes. */
export interface SchedulingProblem {
  readonly cause: string;
  readonly advice: string;
  readonly graceSeconds: number;
}

/** Explains a message of the scheduler, which has one part for each reason; the reason of most nodes comes first. */
export function schedulingProblem(message: string): SchedulingProblem {
  const parts = partsOf(oneLine(message)).sort((a, b) => b.nodes - a.nodes);
  const phrases: string[] = [];
  const advices: string[] = [];
  let graceSeconds = untilDeadline;
  for (const { nodes, text } of parts) {
    const known = schedulingCauses.find(({ message: pattern }) => pattern.test(text));
    if (!known) continue;
    const count = nodes === Infinity ? '' : ` (${nodes} ${nodes === 1 ? 'node' : 'nodes'})`;
    phrases.push(`${filled(known.cause, known, text).trim()}${count}`);
    advices.push(filled(known.advice, known, text));
    graceSeconds = Math.min(graceSeconds, known.graceSeconds);
  }
  const reasons = phrases.length > 0 ? `: ${phrases.join('; ')}` : '';
  return {
    cause: `No node of the cluster can run the service${reasons}`,
    advice: [...new Set(advices)].join(' '),
    graceSeconds,
  };
}

interface Part {
  /** The number of nodes; Infinity for a reason that is the same for all. */
  readonly nodes: number;
  readonly text: string;
}

function partsOf(message: string): Part[] {
  const [, reasons = message] =
    /nodes are available: ?(.*)$/.exec(message.replace(/[.,;]? ?preemption: .*$/, '')) ?? [];
  return reasons.split(/[,;] ?(?=\d+ )/).map((part) => {
    const [, count, text = part] = /^(\d+) (.*)$/.exec(part) ?? [];
    return { nodes: count === undefined ? Infinity : Number(count), text };
  });
}
