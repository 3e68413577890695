/** Where Kubernetes puts a message. */
export type Place =
  | 'Unschedulable'
  | 'FailedCreate'
  | 'Evicted'
  /** A warning about a pod that is preparing. */
  | 'FailedMount'
  | 'FailedCreatePodSandBox'
  /** The reason of a container that waits. */
  | 'ImagePullBackOff'
  | 'InvalidImageName'
  | 'ErrImageNeverPull'
  | 'CreateContainerConfigError'
  | 'CreateContainerError'
  | 'RunContainerError'
  /** The last state of a container in CrashLoopBackOff, after one restart. */
  | 'StartError'
  /** The last line of the log of a container that exits. */
  | 'log'
  /** The warning of a readiness probe. */
  | 'Unhealthy';

export interface MessageCase {
  readonly place: Place;
  readonly message: string;
  readonly cause: RegExp;
  readonly advice?: RegExp;
  /** Without it, only the deadline decides. */
  readonly graceSeconds?: number;
  readonly source: string;
}

const webhookTimeout =
  'Internal error occurred: failed calling webhook "mutation.azure-workload-identity.io": failed to call webhook: Post "https://azure-wi-webhook-webhook-service.kube-system.svc:443/mutate-v1-pod?timeout=10s": context deadline exceeded';
const pulled = (rest: string): string =>
  `Back-off pulling image "m.azurecr.io/score:1": ErrImagePull: rpc error: code = Unknown desc = failed to pull and unpack image "m.azurecr.io/score:1": failed to resolve reference "m.azurecr.io/score:1": ${rest}`;
const started = (rest: string): string =>
  `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ${rest}: unknown`;
const unavailable = (count: number, reasons: string): string =>
  `0/${count} nodes are available: ${reasons}. preemption: 0/${count} nodes are available: ${count} Preemption is not helpful for scheduling.`;

const scheduler = 'kubernetes/kubernetes pkg/scheduler/framework/plugins';
const limitRanger = 'kubernetes/kubernetes plugin/pkg/admission/limitranger/admission.go';
const acrOnAks = 'MicrosoftDocs/SupportArticles-docs cannot-pull-image-from-acr-to-aks-cluster';
const runc = 'opencontainers/runc libcontainer';

/** Messages of clusters, as threads, documentation and source code quote them. */
export const kubernetesMessages: readonly MessageCase[] = [
  // Scheduling
  {
    place: 'Unschedulable',
    message: unavailable(3, 'pod has unbound immediate PersistentVolumeClaims'),
    cause: /a volume that it claims was not provisioned/,
    advice: /storage class/,
    source: scheduler,
  },
  {
    place: 'Unschedulable',
    message:
      'running "VolumeBinding" filter plugin for pod "p-8d4c6bcb5-9ckwj": pod has unbound immediate PersistentVolumeClaims',
    cause: /a volume that it claims was not provisioned/,
    source: 'an event of Kubernetes 1.19',
  },
  {
    place: 'Unschedulable',
    message: unavailable(1, 'persistentvolumeclaim "m" not found'),
    cause: /its volume claim 'm' does not exist/,
    graceSeconds: 15,
    source: scheduler,
  },
  {
    place: 'Unschedulable',
    message: '0/1 nodes are available: 1 node(s) had volume node affinity conflict',
    cause: /its volume is in another zone or on another node \(1 node\)/,
    advice: /zone/,
    source: 'kubernetes/kubernetes#108096',
  },
  {
    place: 'Unschedulable',
    message:
      "0/2 nodes are available: 1 node(s) didn't match PersistentVolume's node affinity, 1 node(s) had untolerated taint(s). no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
    cause:
      /its volume is in another zone or on another node \(1 node\); a taint that the service does not tolerate \(1 node\)/,
    source: 'an event of Kubernetes 1.35',
  },
  {
    place: 'Unschedulable',
    message:
      "0/2 nodes are available: 1 node(s) didn't match node selector,1 node(s) had volume node affinity conflict.",
    cause: /node selector.*\(1 node\); its volume .*\(1 node\)/,
    source: 'MicrosoftDocs/azure-docs#66843',
  },
  {
    place: 'Unschedulable',
    message: unavailable(3, '3 node(s) had untolerated taint {sku: gpu}'),
    cause: /a taint that the service does not tolerate \{sku: gpu\} \(3 nodes\)/,
    advice: /toleration/,
    source: scheduler,
  },
  {
    place: 'Unschedulable',
    message:
      "0/4 nodes are available: 1 node(s) had taint {node-role.kubernetes.io/master: }, that the pod didn't tolerate, 3 Insufficient cpu.",
    cause: /not enough cpu \(3 nodes\); a taint that the service does not tolerate \{node-role/,
    advice: /Request less cpu.*toleration/,
    source: 'radondb/radondb-mysql-kubernetes#395',
  },
  {
    place: 'Unschedulable',
    message: unavailable(4, '1 node(s) had untolerated taint {CriticalAddonsOnly: true}, 3 Insufficient memory'),
    cause: /not enough memory \(3 nodes\); the node pool is reserved for system pods/,
    advice: /user node pool/,
    source: 'learn.microsoft.com/azure/aks/use-system-pools',
  },
  {
    place: 'Unschedulable',
    message: unavailable(2, '2 node(s) had untolerated taint {node.kubernetes.io/not-ready: }'),
    cause: /the nodes are not ready/,
    source: 'kubernetes.io/docs/reference/labels-annotations-taints',
  },
  {
    place: 'Unschedulable',
    message: unavailable(2, '2 node(s) had untolerated taint {kubernetes.azure.com/scalesetpriority: spot}'),
    cause: /the nodes are Spot nodes/,
    source: 'learn.microsoft.com/azure/aks/spot-node-pool',
  },
  {
    place: 'Unschedulable',
    message: unavailable(1, "1 node(s) didn't match Pod's node affinity/selector"),
    cause: /labels of the node do not match the node selector/,
    advice: /node selector/,
    source: scheduler,
  },
  {
    place: 'Unschedulable',
    message: unavailable(2, "2 node(s) didn't have free ports for the requested pod ports"),
    cause: /its host port is in use/,
    source: scheduler,
  },
  {
    place: 'Unschedulable',
    message: unavailable(3, "3 node(s) didn't match pod anti-affinity rules"),
    cause: /anti-affinity/,
    source: scheduler,
  },
  {
    place: 'Unschedulable',
    message: unavailable(6, "3 node(s) didn't match pod affinity rules, 3 node(s) were unschedulable"),
    cause: /pod affinity.*closed for new pods/,
    source: scheduler,
  },
  {
    place: 'Unschedulable',
    message: unavailable(3, "3 node(s) didn't match pod topology spread constraints"),
    cause: /topology spread/,
    source: scheduler,
  },
  {
    place: 'Unschedulable',
    message: '0/1 nodes are available: 1 Too many pods.',
    cause: /maximum number of pods/,
    source: scheduler,
  },
  {
    place: 'Unschedulable',
    message: '0/12 nodes are available: 8 Insufficient nvidia.com/gpu, 4 Insufficient cpu.',
    cause: /not enough GPUs \(nvidia\.com\/gpu\) \(8 nodes\); not enough cpu \(4 nodes\)/,
    source: scheduler,
  },
  {
    place: 'Unschedulable',
    message: '0/4 nodes are available: 1 node(s) exceed max volume count, 3 Insufficient ephemeral-storage.',
    cause: /not enough disk space .*too many disks are attached/,
    source: 'lucidworks/fusion-cloud-native#198',
  },
  {
    place: 'Unschedulable',
    message: 'no nodes available to schedule pods',
    cause: /does not have a node/,
    source: scheduler,
  },

  {
    place: 'Unschedulable',
    message: 'Scheduling is blocked due to non-empty scheduling gates',
    cause: /its scheduling gates are still set/,
    source: scheduler,
  },

  // Creation
  {
    place: 'FailedCreate',
    message: 'pods "a-7d9" is forbidden: failed quota: compute: must specify limits.cpu for: a',
    cause: /^The quota 'compute' of the namespace requires a CPU limit/,
    advice: /CPU limit/,
    graceSeconds: 15,
    source: 'kubernetes/apiserver pkg/admission/plugin/resourcequota',
  },
  {
    place: 'FailedCreate',
    message: 'pods "a-7d9" is forbidden: failed quota: mem: must specify limits.memory,requests.memory',
    cause: /^The quota 'mem' of the namespace requires values/,
    graceSeconds: 15,
    source: 'kubernetes/apiserver pkg/admission/plugin/resourcequota',
  },
  {
    place: 'FailedCreate',
    message:
      'pods "a-7d9" is forbidden: exceeded quota: q, requested: requests.memory=2Gi, used: requests.memory=3Gi, limited: requests.memory=4Gi',
    cause: /^The quota 'q' of the namespace is used up/,
    graceSeconds: 120,
    source: 'kubernetes/apiserver pkg/admission/plugin/resourcequota',
  },
  {
    place: 'FailedCreate',
    message:
      'pods "a-7d9" is forbidden: exceeded quota: q, requested: requests.cpu=500m,requests.memory=8Gi, used: requests.cpu=0,requests.memory=0, limited: requests.cpu=1,requests.memory=4Gi',
    cause: /^The quota 'q' of the namespace is used up/,
    graceSeconds: 15,
    source: 'kubernetes/apiserver pkg/admission/plugin/resourcequota',
  },
  {
    place: 'FailedCreate',
    message:
      'pods "a-7d9" is forbidden: exceeded quota: gpus, requested: requests.nvidia.com/gpu=1, used: requests.nvidia.com/gpu=2, limited: requests.nvidia.com/gpu=2',
    cause: /does not allow that many GPUs/,
    graceSeconds: 120,
    source: 'kubernetes/apiserver pkg/admission/plugin/resourcequota',
  },
  {
    place: 'FailedCreate',
    message: 'pods "a-7d9" is forbidden: exceeded quota: q, requested: pods=1, used: pods=4, limited: pods=4',
    cause: /does not allow that many pods/,
    graceSeconds: 120,
    source: 'kubernetes/apiserver pkg/admission/plugin/resourcequota',
  },
  {
    place: 'FailedCreate',
    message: 'pods "a-7d9" is forbidden: status unknown for quota: compute, resources: limits.cpu',
    cause: /has not calculated the quota/,
    graceSeconds: 180,
    source: 'kubernetes/apiserver pkg/admission/plugin/resourcequota',
  },
  {
    place: 'FailedCreate',
    message: 'pods "a-7d9" is forbidden: maximum memory usage per Container is 1Gi, but limit is 2Gi',
    cause: /allows at most 1Gi of memory per Container/,
    graceSeconds: 15,
    source: limitRanger,
  },
  {
    place: 'FailedCreate',
    message: 'pods "my-pod" is forbidden: minimum memory usage per Container is 64Mi, but request is 32Mi',
    cause: /requires at least 64Mi of memory per Container/,
    graceSeconds: 15,
    source: limitRanger,
  },
  {
    place: 'FailedCreate',
    message: 'pods "a-7d9" is forbidden: maximum cpu usage per Pod is 2.  No limit is specified',
    cause: /allows at most 2 of cpu per Pod/,
    graceSeconds: 15,
    source: limitRanger,
  },
  {
    place: 'FailedCreate',
    message:
      'pods "demoapp" is forbidden: cpu max limit to request ratio per Container is 4, but provided ratio is 5.000000',
    cause: /allows a cpu limit of at most 4 times the request/,
    graceSeconds: 15,
    source: limitRanger,
  },
  {
    place: 'FailedCreate',
    message:
      'Pod "a-7d9" is invalid: spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 500m',
    cause: /^The cpu request is higher than the limit of 500m/,
    graceSeconds: 15,
    source: 'kubernetes.io/docs/concepts/policy/limit-range',
  },
  {
    place: 'FailedCreate',
    message:
      'pods "a-7d9" is forbidden: error looking up service account models/scorer: serviceaccount "scorer" not found',
    cause: /^The ServiceAccount 'scorer' does not exist/,
    graceSeconds: 15,
    source: 'kubernetes/kubernetes plugin/pkg/admission/serviceaccount',
  },
  {
    place: 'FailedCreate',
    message: 'pods "prd-test-57ff5ffd59-" is forbidden: no PriorityClass with name high-priority was found',
    cause: /^The PriorityClass 'high-priority' does not exist/,
    graceSeconds: 15,
    source: 'kubernetes/kubernetes plugin/pkg/admission/priority',
  },
  {
    place: 'FailedCreate',
    message:
      'Internal error occurred: failed calling webhook "podcontroller.configurator.gopaddle.io": Post "https://configurator-controllerwebhook.gopaddle-servers.svc:443/podcontroller?timeout=10s": no endpoints available for service "configurator-controllerwebhook"',
    cause: /^The webhook 'podcontroller\.configurator\.gopaddle\.io'.* does not answer/,
    graceSeconds: 180,
    source: 'gopaddle-io/configurator#74',
  },
  {
    place: 'FailedCreate',
    message: webhookTimeout,
    cause: /^The webhook 'mutation\.azure-workload-identity\.io'.* does not answer/,
    graceSeconds: 180,
    source: 'Azure/azure-workload-identity#1608',
  },
  {
    place: 'FailedCreate',
    message:
      'admission webhook "validation.gatekeeper.sh" denied the request: [azurepolicy-container-allowed-images-bcfbd5e1e78f7c8b4104] Container image docker.io/library/nginx:stable for container second-simple-nginx has not been allowed.',
    cause: /^Azure Policy forbids the pods \(constraint 'azurepolicy-container-allowed-images-bcfbd5e1e78f7c8b4104'\)/,
    graceSeconds: 15,
    source: 'learn.microsoft.com/azure/aks/use-azure-policy',
  },
  {
    place: 'FailedCreate',
    message:
      'admission webhook "validate.kyverno.svc-fail" denied the request: resource Pod was blocked due to the following policies',
    cause: /^The webhook 'validate\.kyverno\.svc-fail' of the cluster forbids the pods/,
    graceSeconds: 15,
    source: 'kubernetes/apiserver pkg/admission/plugin/webhook/errors',
  },
  {
    place: 'FailedCreate',
    message:
      "pods \"bad\" is forbidden: ValidatingAdmissionPolicy 'allowed-registries' with binding 'allowed-registries-binding' denied request: image(s) from a non-permitted registry",
    cause: /^The policy 'allowed-registries' of the cluster forbids the pods/,
    graceSeconds: 15,
    source: 'kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy',
  },
  {
    place: 'FailedCreate',
    message:
      'pods "a-7d9" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true (pod or container "a" must set securityContext.runAsNonRoot=true)',
    cause: /^The Pod Security level of the namespace forbids/,
    graceSeconds: 15,
    source: 'kubernetes/pod-security-admission admission',
  },
  {
    place: 'FailedCreate',
    message:
      'pods "a-7d9" is forbidden: unable to create new content in namespace models because it is being terminated',
    cause: /^The namespace 'models' is being deleted/,
    graceSeconds: 15,
    source: 'kubernetes/apiserver pkg/admission/plugin/namespace/lifecycle',
  },

  // Images
  {
    place: 'ImagePullBackOff',
    message: pulled(
      "unexpected status from HEAD request to https://m.azurecr.io/v2/score/manifests/1: 403 Forbidden: denied: client with IP '20.1.2.3' is not allowed access. Refer https://aka.ms/acr/firewall to grant access.",
    ),
    cause:
      /^The firewall of the registry blocks the pull of the image m\.azurecr\.io\/score:1 from the address 20\.1\.2\.3: .*aka\.ms\/acr\/firewall/,
    advice: /Allow this address/,
    graceSeconds: 90,
    source: 'Azure/acr#633',
  },
  {
    place: 'ImagePullBackOff',
    message: pulled(
      'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
    ),
    cause: /^The image m\.azurecr\.io\/score:1 does not exist, or the cluster is not authorized to pull it/,
    advice: /the tag.*AcrPull/,
    graceSeconds: 90,
    source: 'containerd/containerd core/remotes/docker/resolver.go',
  },
  {
    place: 'ImagePullBackOff',
    message: pulled('failed to authorize: failed to fetch oauth token: unexpected status: 401 Unauthorized'),
    cause: /^The cluster is not authorized to pull the image/,
    advice: /AcrPull/,
    graceSeconds: 90,
    source: acrOnAks,
  },
  {
    place: 'ImagePullBackOff',
    message: pulled('failed to authorize: failed to fetch anonymous token: unexpected status: 403 Forbidden'),
    cause: /^The cluster is not allowed to pull the image/,
    advice: /private endpoint/,
    graceSeconds: 90,
    source: acrOnAks,
  },
  {
    place: 'ImagePullBackOff',
    message: pulled('m.azurecr.io/score:1: not found').replace('Unknown', 'NotFound'),
    cause: /^The image m\.azurecr\.io\/score:1 does not exist: /,
    graceSeconds: 0,
    source: acrOnAks,
  },
  {
    place: 'ImagePullBackOff',
    message: 'manifest for m.azurecr.io/score:1 not found: manifest unknown: manifest tagged by "1" is not found',
    cause: /^The image m\.azurecr\.io\/score:1 does not exist: /,
    graceSeconds: 0,
    source: 'learn.microsoft.com/troubleshoot/azure/azure-container-registry/manifest-tag-not-found',
  },
  {
    place: 'ImagePullBackOff',
    message: pulled('no match for platform in manifest: not found'),
    cause: /was not built for the CPU architecture of the nodes/,
    graceSeconds: 0,
    source: 'containerd/containerd images',
  },
  {
    place: 'ImagePullBackOff',
    message:
      'Failed to pull image "trinodb/trino:latest": toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit',
    cause: /^The registry limits the number of pulls/,
    graceSeconds: 90,
    source: 'docs.docker.com/docker-hub/usage',
  },
  {
    place: 'ImagePullBackOff',
    message: pulled(
      'failed to do request: Head "https://m.azurecr.io/v2/score/manifests/1": tls: failed to verify certificate: x509: certificate signed by unknown authority',
    ),
    cause: /^The certificate of the registry is not trusted/,
    graceSeconds: 15,
    source: 'golang/go crypto/x509',
  },
  {
    place: 'ImagePullBackOff',
    message: pulled(
      'failed to do request: Head "https://m.azurecr.io/v2/score/manifests/1": dial tcp: lookup m.azurecr.io on 168.63.129.16:53: no such host',
    ),
    cause: /^The name of the registry can't be resolved/,
    graceSeconds: 90,
    source: acrOnAks,
  },
  {
    place: 'ImagePullBackOff',
    message: pulled(
      'failed to do request: Head "https://m.azurecr.io/v2/score/manifests/1": dial tcp 20.1.2.3:443: i/o timeout',
    ),
    cause: /^The cluster can't reach the registry/,
    graceSeconds: 90,
    source: acrOnAks,
  },
  {
    place: 'ImagePullBackOff',
    message: pulled('unexpected status from HEAD request to https://m.azurecr.io/v2/: 503 Service Unavailable'),
    cause: /^The registry of the image .* is not available/,
    graceSeconds: 90,
    source: 'containerd/containerd core/remotes/docker',
  },
  {
    place: 'ImagePullBackOff',
    message: pulled('failed to extract layer sha256:1: write /var/lib/containerd/x: no space left on device: unknown'),
    cause: /^The disk is full/,
    graceSeconds: 90,
    source: 'containerd/containerd core/unpack',
  },
  {
    place: 'InvalidImageName',
    message:
      'Failed to apply default image tag "m.azurecr.io/Score:1": couldn\'t parse image name "m.azurecr.io/Score:1": invalid reference format: repository name (Score) must be lowercase',
    cause: /^The image name is not valid: m\.azurecr\.io\/score:1: .*must be lowercase/,
    graceSeconds: 0,
    source: 'kubernetes/kubernetes pkg/kubelet/images',
  },
  {
    place: 'ErrImageNeverPull',
    message: 'Container image "m.azurecr.io/score:1" is not present with pull policy of Never',
    cause: /does not exist on the node/,
    graceSeconds: 0,
    source: 'kubernetes/kubernetes pkg/kubelet/images',
  },

  // Containers
  {
    place: 'StartError',
    message: started('exec: "gunicorn": executable file not found in $PATH'),
    cause: /^The container 'score' can't be started: the program 'gunicorn' is not in the image: exec: "gunicorn"/,
    advice: /ENTRYPOINT and CMD/,
    graceSeconds: 15,
    source: 'opencontainers/runc#4713',
  },
  {
    place: 'RunContainerError',
    message: started('error during container init: exec: "/go-runner": stat /go-runner: no such file or directory'),
    cause: /the program '\/go-runner' does not exist in the image/,
    graceSeconds: 15,
    source: 'aws/eks-pod-identity-agent#75',
  },
  {
    place: 'StartError',
    message: started('exec: "/app/start.sh": permission denied'),
    cause: /the program '\/app\/start\.sh' is not executable/,
    graceSeconds: 15,
    source: runc,
  },
  {
    place: 'StartError',
    message: started('container init was OOM-killed (memory limit too low?)'),
    cause: /its memory limit is too low even to start/,
    graceSeconds: 15,
    source: runc,
  },
  {
    place: 'log',
    message: 'exec /usr/local/bin/python: exec format error',
    cause: /built for another CPU architecture.*exec \/usr\/local\/bin\/python: exec format error/,
    source: runc,
  },
  {
    place: 'log',
    message: 'exec /entrypoint.sh: no such file or directory',
    cause: /'\/entrypoint\.sh' does not exist in the image, or the interpreter/,
    advice: /line ends/,
    source: runc,
  },
  {
    place: 'CreateContainerError',
    message: 'failed to generate container "abcd" spec: failed to apply OCI options: no command specified',
    cause: /the image m\.azurecr\.io\/score:1 does not have a command/,
    graceSeconds: 15,
    source: 'containerd/containerd pkg/oci',
  },
  {
    place: 'CreateContainerError',
    message: 'failed to reserve container name "score_p_models_0": name "score_p_models_0" is reserved for "4f2"',
    cause: /the container runtime of the node is slow/,
    graceSeconds: 180,
    source: 'containerd/containerd#4604',
  },
  {
    place: 'CreateContainerConfigError',
    message: 'secret "does-not-exist" not found',
    cause: /something that it uses is missing: the secret 'does-not-exist'/,
    graceSeconds: 15,
    source: 'kubernetes/kubernetes pkg/kubelet/kubelet_pods.go',
  },
  {
    place: 'CreateContainerConfigError',
    message: "couldn't find key password in Secret models/database",
    cause: /the key 'password' of the Secret 'database'/,
    graceSeconds: 15,
    source: 'kubernetes/kubernetes pkg/kubelet/kubelet_pods.go',
  },
  {
    place: 'CreateContainerConfigError',
    message: 'failed to sync secret cache: timed out waiting for the condition',
    cause: /waits for the node/,
    graceSeconds: 90,
    source: 'Shopify/krane lib/krane/kubernetes_resource/pod.rb',
  },
  {
    place: 'CreateContainerConfigError',
    message: 'container has runAsNonRoot and image will run as root (pod: "score-1_models(4f2)", container: score)',
    cause: /^The image m\.azurecr\.io\/score:1 runs as root/,
    advice: /USER 1000/,
    graceSeconds: 15,
    source: 'kubernetes/kubernetes pkg/kubelet/kuberuntime/security_context.go',
  },
  {
    place: 'CreateContainerConfigError',
    message:
      'container has runAsNonRoot and image has non-numeric user (app), cannot verify user is non-root (pod: "score-1_models(4f2)", container: score)',
    cause: /^The user 'app' of the image .* is a name/,
    graceSeconds: 15,
    source: 'kubernetes/kubernetes pkg/kubelet/kuberuntime/security_context.go',
  },

  // Volumes and the network
  {
    place: 'FailedMount',
    message: 'MountVolume.SetUp failed for volume "config" : configmap "model-config" not found',
    cause: /^The volume 'config' can't be mounted: the configmap 'model-config' does not exist/,
    graceSeconds: 30,
    source: 'kubernetes/kubernetes pkg/volume/configmap',
  },
  {
    place: 'FailedMount',
    message:
      'MountVolume.SetUp failed for volume "config-volume" : configmap references non-existent config key: missing-key',
    cause: /the key 'missing-key' does not exist/,
    graceSeconds: 30,
    source: 'kubernetes/kubernetes pkg/volume/configmap',
  },
  {
    place: 'FailedMount',
    message:
      'MountVolume.SetUp failed for volume "kube-api-access" : failed to sync configmap cache: timed out waiting for the condition',
    cause: /^The pod waits for its node/,
    graceSeconds: 180,
    source: 'kubernetes/kubernetes pkg/kubelet/util/manager',
  },
  {
    place: 'FailedMount',
    message:
      'MountVolume.SetUp failed for volume "share" : rpc error: code = Internal desc = volume(v) mount failed: exit status 32 mount error(13): Permission denied',
    cause: /^The file share can't be mounted \(error 13\)/,
    graceSeconds: 180,
    source: 'learn.microsoft.com/troubleshoot/azure/azure-kubernetes/storage/fail-to-mount-azure-file-share',
  },
  {
    place: 'FailedMount',
    message:
      'Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[data tmp]: timed out waiting for the condition',
    cause: /^The volumes data were not mounted in time/,
    source: 'kubernetes/kubernetes pkg/kubelet/volumemanager',
  },
  {
    place: 'FailedMount',
    message:
      'Multi-Attach error for volume "pvc-9dbdb7f1" Volume is already exclusively attached to one node and can\'t be attached to another',
    cause: /^The volume 'pvc-9dbdb7f1' is attached to another node/,
    source: 'kubernetes/kubernetes pkg/controller/volume/attachdetach',
  },
  {
    place: 'FailedCreatePodSandBox',
    message:
      "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox 'ac1b': plugin type='azure-vnet' failed (add): IPAM Invoker Add failed with error: Failed to get IP address from CNS with error: %w: AllocateIPConfig failed: not enough IPs available for 9c6a7f37, waiting on Azure CNS to allocate more",
    cause: /does not have a free IP address/,
    source: 'learn.microsoft.com/troubleshoot/azure/azure-kubernetes',
  },
  {
    place: 'FailedCreatePodSandBox',
    message:
      'Failed create pod sandbox: rpc error: code = Unknown desc = NetworkPlugin cni failed to set up pod "d_default" network: Failed to allocate address: Failed to delegate: Failed to allocate address: No available addresses',
    cause: /does not have a free IP address/,
    source: 'learn.microsoft.com/troubleshoot/azure/azure-kubernetes',
  },

  // Ends of pods
  {
    place: 'Evicted',
    message:
      'The node was low on resource: memory. Threshold quantity: 100Mi, available: 80Mi. Container score was using 4Gi, request is 1Gi. ',
    cause: /memory of its node was used up/,
    source: 'kubernetes/kubernetes pkg/kubelet/eviction/helpers.go',
  },
  {
    place: 'Evicted',
    message:
      'The node was low on resource: ephemeral-storage. Container controller was using 16372Ki, which exceeds its request of 0. ',
    cause: /disk of its node was full/,
    source: 'kubernetes/kubernetes pkg/kubelet/eviction/helpers.go',
  },
  {
    place: 'Evicted',
    message: 'Container score exceeded its local ephemeral storage limit "2048Mi". ',
    cause: /the container 'score' wrote more to disk than its limit of 2048Mi/,
    graceSeconds: 90,
    source: 'kubernetes/kubernetes pkg/kubelet/eviction/eviction_manager.go',
  },
  {
    place: 'Evicted',
    message: 'Pod ephemeral local storage usage exceeds the total limit of containers 10Gi. ',
    cause: /wrote more to disk than its limit of 10Gi/,
    graceSeconds: 90,
    source: 'kubernetes/kubernetes pkg/kubelet/eviction/eviction_manager.go',
  },
  {
    place: 'Evicted',
    message: 'Usage of EmptyDir volume "tmp" exceeds the limit "1Gi". ',
    cause: /its volume 'tmp' exceeded the limit of 1Gi/,
    graceSeconds: 90,
    source: 'kubernetes/kubernetes pkg/kubelet/eviction/eviction_manager.go',
  },
  {
    place: 'Evicted',
    message: 'Pod was terminated in response to imminent node shutdown.',
    cause: /its node was shut down/,
    source: 'kubernetes/kubernetes pkg/kubelet/nodeshutdown',
  },

  // Health checks
  {
    place: 'Unhealthy',
    message: 'HTTP probe failed with statuscode: 404',
    cause: /because the service does not have this path: HTTP probe failed with statuscode: 404/,
    source: 'kubernetes/kubernetes pkg/probe/http',
  },
  {
    place: 'Unhealthy',
    message: 'HTTP probe failed with statuscode: 401',
    cause: /because the service requires a key/,
    source: 'kubernetes/kubernetes pkg/probe/http',
  },
  {
    place: 'Unhealthy',
    message: 'HTTP probe failed with statuscode: 503',
    cause: /because the service reports that it is not able to answer yet/,
    source: 'kubernetes/kubernetes pkg/probe/http',
  },
  {
    place: 'Unhealthy',
    message: 'Get "http://10.244.0.9:5001/healthz": dial tcp 10.244.0.9:5001: connect: connection refused',
    cause: /because nothing listens on this port/,
    advice: /0\.0\.0\.0/,
    source: 'kubernetes/kubernetes pkg/probe/http',
  },
  {
    place: 'Unhealthy',
    message:
      'Get "http://10.244.0.9:5001/healthz": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
    cause: /because the service did not answer in time/,
    source: 'kubernetes/kubernetes pkg/probe/http',
  },
  {
    place: 'Unhealthy',
    message: 'Get "https://10.244.0.9:5001/healthz": http: server gave HTTP response to HTTPS client',
    cause: /because one side uses HTTPS and the other does not/,
    source: 'kubernetes/kubernetes pkg/probe/http',
  },
];
