import { controllerGraceSeconds, untilDeadline, type KnownCause } from '../../causes/cause';

const volumes = 'https://github.com/kubernetes/kubernetes/tree/master/pkg/volume';
const aks = 'https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes';
const ipAddresses =
  /[Nn]o available addresses|not enough IPs available|[Nn]o (?:more )?(?:free )?IPs? (?:addresses )?available|no IP addresses available|SubnetIsFull|[Ss]ubnet .*(?:is full|exhausted)/;
/** Kubelets repeat a mount after at most two minutes; the Secret may be created by the same pipeline. */
const missingGraceSeconds = 30;

const missing = { graceSeconds: missingGraceSeconds, source: volumes } as const;

/** Why the node cannot prepare a pod: its volumes and its network. */
export const setupCauses: readonly KnownCause[] = [
  {
    message: /failed to sync (?:secret|configmap) cache|object "[^"]*"\/"[^"]*" not registered/,
    cause: 'The pod waits for its node, which has not read the Secrets and ConfigMaps yet',
    advice: 'Check the connection of the node to the API server.',
    graceSeconds: controllerGraceSeconds,
    source: volumes,
  },
  {
    message: /volume "(?<volume>[^"]+)" ?: .*?(?<kind>secret|configmap)s? "(?<name>[^"]+)" not found/i,
    cause: "The volume '{volume}' can't be mounted: the {kind} '{name}' does not exist",
    advice: 'Create it in the same namespace, or correct its name.',
    ...missing,
  },
  {
    message: /references non-existent (?<kind>config|secret) key: (?<key>\S+)/,
    cause: "A volume can't be mounted: the key '{key}' does not exist in its {kind}",
    advice: 'Add the key, or correct its name.',
    ...missing,
  },
  {
    message: /failed to mount secrets store objects|SecretProviderClass|keyvault/i,
    cause: "The secrets of Azure Key Vault can't be mounted",
    advice:
      'Check the SecretProviderClass, the names of the secrets, and whether the identity may read them in the Key Vault.',
    graceSeconds: controllerGraceSeconds,
    source: `${aks}/extensions/troubleshoot-key-vault-csi-secrets-store-csi-driver`,
  },
  {
    message: /Multi-Attach error for volume "(?<volume>[^"]+)"/,
    cause: "The volume '{volume}' is attached to another node, where the previous pod uses it",
    advice:
      'A disk can be attached to one node only. Use Azure Files for a volume that several pods use, or the strategy Recreate in the manifest.',
    graceSeconds: untilDeadline,
    source:
      'https://github.com/kubernetes/kubernetes/blob/master/pkg/controller/volume/attachdetach/reconciler/reconciler.go',
  },
  {
    message: /mount error\((?<code>\d+)\)/,
    cause: "The file share can't be mounted (error {code})",
    advice:
      'Check the name of the share, the key of its storage account, and whether the firewall of the account allows the network of the cluster.',
    graceSeconds: controllerGraceSeconds,
    source: `${aks}/storage/fail-to-mount-azure-file-share`,
  },
  {
    message: /driver name (?<driver>\S+) not found in the list of registered CSI drivers/,
    cause: "The storage driver '{driver}' does not run on the node",
    advice: 'Enable the driver in the cluster, or wait until the node is complete.',
    graceSeconds: controllerGraceSeconds,
    source: volumes,
  },
  {
    message: /AttachVolume\.Attach failed for volume "(?<volume>[^"]+)"/,
    cause: "The volume '{volume}' can't be attached to its node",
    advice: 'Check the disk, and whether the identity of the cluster may attach it.',
    graceSeconds: untilDeadline,
    source: `${aks}/storage/fail-to-mount-azure-disk-volume`,
  },
  {
    message: /MountVolume\.\w+ failed for volume "(?<volume>[^"]+)"/,
    cause: "The volume '{volume}' can't be mounted",
    advice: 'Check the volume, and the identity or key with which it is mounted.',
    graceSeconds: untilDeadline,
    source: volumes,
  },
  {
    message: /Unable to attach or mount volumes: unmounted volumes=\[(?<volume>[^\]]*)\]/,
    cause: 'The volumes {volume} were not mounted in time',
    advice: 'Check the earlier warnings about these volumes.',
    graceSeconds: untilDeadline,
    source: volumes,
  },
  {
    message: ipAddresses,
    cause: 'The network of the cluster does not have a free IP address for the pod',
    advice:
      'Enlarge the subnet of the nodes or pods, delete pods that are no longer needed, or use an overlay network.',
    graceSeconds: untilDeadline,
    source: `${aks}/error-codes/subnetisfull-error-upgrade`,
  },
  {
    message: /no runtime for "(?<runtime>[^"]+)" is configured/,
    cause: "The node does not have the container runtime '{runtime}' that the RuntimeClass of the pod selects",
    advice: 'Correct the RuntimeClass, or select nodes that have this runtime.',
    graceSeconds: missingGraceSeconds,
    source: 'https://kubernetes.io/docs/concepts/containers/runtime-class/',
  },
  {
    message: /setup network for sandbox|network is not ready|NetworkPluginNotReady|networkPlugin|plugin type=/i,
    cause: 'The network of the pod could not be prepared',
    advice: 'Check the network plug-in of the cluster (the pods in kube-system on this node).',
    graceSeconds: untilDeadline,
    source: 'https://github.com/containerd/containerd/blob/main/internal/cri/server/sandbox_run.go',
  },
  {
    message: /[Ff]ailed (?:to )?create pod sandbox|failed to get sandbox image/,
    cause: 'The node could not prepare the pod',
    advice: 'Check the container runtime and the network of the node.',
    graceSeconds: untilDeadline,
    source: 'https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/kuberuntime/kuberuntime_sandbox.go',
  },
  {
    message: /Node is not ready/,
    cause: 'The node of the pod is not ready',
    advice: 'Check the health of the nodes (kubectl get nodes).',
    graceSeconds: untilDeadline,
    source:
      'https://github.com/kubernetes/kubernetes/blob/master/pkg/controller/nodelifecycle/node_lifecycle_controller.go',
  },
];
