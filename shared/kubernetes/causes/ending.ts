import { pullGraceSeconds, untilDeadline, type KnownCause } from '../../causes/cause';

const eviction = 'https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/eviction/helpers.go';
const localStorage = 'https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/eviction/eviction_manager.go';
const lifecycle = 'https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/lifecycle/predicate.go';
/** The pod that replaces it does the same, unless it becomes ready before. */
const ownFault = { graceSeconds: pullGraceSeconds } as const;
/** The pod is replaced: the cause was its node. */
const replaced = { graceSeconds: untilDeadline } as const;

/** Why the cluster ended a pod. */
export const endCauses: readonly KnownCause[] = [
  {
    message: /[Cc]ontainer (?<name>\S+) exceeded its local ephemeral storage limit "(?<limit>[^"]+)"/,
    cause: "The pod was removed because the container '{name}' wrote more to disk than its limit of {limit}",
    advice: 'Raise the ephemeral storage limit, or write less to the disk of the container.',
    ...ownFault,
    source: localStorage,
  },
  {
    message: /ephemeral local storage usage exceeds the total limit of containers (?<limit>\S+?)\.?(?:\s|$)/,
    cause: 'The pod was removed because it wrote more to disk than its limit of {limit}',
    advice: 'Raise the ephemeral storage limit, or write less to the disk of the container.',
    ...ownFault,
    source: localStorage,
  },
  {
    message: /Usage of EmptyDir volume "(?<volume>[^"]+)" exceeds the limit "(?<limit>[^"]+)"/,
    cause: "The pod was removed because its volume '{volume}' exceeded the limit of {limit}",
    advice: 'Raise the size limit of the volume, or write less to it.',
    ...ownFault,
    source: localStorage,
  },
  {
    message: /node was low on resource: (?<resource>memory)/,
    cause: 'The pod was removed because the memory of its node was used up',
    advice: 'Request as much memory as the service uses, or use nodes with more memory.',
    ...replaced,
    source: eviction,
  },
  {
    message: /node was low on resource: (?<resource>ephemeral-storage|inodes|nodefs\S*|imagefs\S*)|DiskPressure/,
    cause: 'The pod was removed because the disk of its node was full',
    advice: 'Use nodes with larger disks, or a smaller image, and write less to the disk of the container.',
    ...replaced,
    source: eviction,
  },
  {
    message: /node (?:was low on resource|had condition)/,
    cause: 'The pod was removed because its node lacked resources',
    advice: 'Use larger nodes, or more of them.',
    ...replaced,
    source: eviction,
  },
  {
    message: /imminent node shutdown|node shutdown|preempting to accommodate a higher priority pod|[Pp]reempted/,
    cause: 'The pod was removed to make room for another pod, or because its node was shut down',
    advice: 'Add nodes, give the service a higher priority, or do not use Spot nodes for it.',
    ...replaced,
    source: 'https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/',
  },
  {
    message: /Allocate failed|devices unavailable/,
    cause: 'The node could not give the pod the devices (such as GPUs) that it requests',
    advice: 'Check the device plugin of the node and its other pods.',
    ...replaced,
    source: 'https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/cm/devicemanager/manager.go',
  },
  {
    message: /Node didn't have enough resource: (?<resource>\S+?),|Predicate \S+ failed/,
    cause: 'The node refused the pod after it was scheduled: it lacks {resource} or no longer matches',
    advice: 'Add nodes, or wait until other pods have ended.',
    ...replaced,
    source: lifecycle,
  },
  {
    message: /active on the node longer than the specified deadline/,
    cause: 'The pod was ended by its own deadline (activeDeadlineSeconds)',
    advice: 'Remove the deadline: a service must not end.',
    ...ownFault,
    source: 'https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/active_deadline.go',
  },
];
