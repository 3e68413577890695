import { noticeGraceSeconds, pullGraceSeconds, type KnownCause } from './cause';

const containerd = 'https://github.com/containerd/containerd/tree/main/core/remotes/docker';
const acr =
  'https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/extensions/cannot-pull-image-from-acr-to-aks-cluster';
const kubelet = 'https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/images/types.go';
const passing = { graceSeconds: pullGraceSeconds } as const;

/**
 * Why an image cannot be pulled, as container runtimes and registries report it. `{puller}` is who pulls, `{grant}` how it
 * is authorized.
 */
export const pullCauses: readonly KnownCause[] = [
  {
    message: /client with IP (?:'|\\u0027)(?<ip>[^'\\]+)(?:'|\\u0027) is not allowed access/,
    cause: 'The firewall of the registry blocks the pull of the image {image} from the address {ip}',
    advice:
      'Allow this address in the network settings of the registry, or connect its private endpoint to the network of {puller}.',
    ...passing,
    source: 'https://aka.ms/acr/firewall; https://github.com/Azure/acr/issues/633',
  },
  {
    message: /toomanyrequests|too many requests|pull rate limit|\b429\b/i,
    cause: "The registry limits the number of pulls, so the image {image} can't be pulled",
    advice: 'Run the step later, sign in to the registry, or keep the image in your own Azure Container Registry.',
    ...passing,
    source: 'https://docs.docker.com/docker-hub/usage/',
  },
  {
    message: /may require (?:authorization|'docker login')/,
    cause:
      'The image {image} does not exist, or {puller} is not authorized to pull it: the registry does not say which',
    advice: 'Check the registry, the name and the tag of the image. If they are correct: {grant}',
    ...passing,
    source: `${containerd}/resolver.go`,
  },
  {
    message: /no space left on device/,
    cause: "The disk is full, so the image {image} can't be pulled",
    advice: 'Use nodes with larger disks, or a smaller image.',
    ...passing,
    source: 'https://kubernetes.io/docs/concepts/architecture/garbage-collection/',
  },
  {
    message: /no match for platform|no matching manifest for|cannot be used on this platform/,
    cause: 'The image {image} was not built for the CPU architecture of the nodes',
    advice: 'Build it for this platform as well, such as with docker buildx build --platform linux/amd64.',
    graceSeconds: 0,
    source: `${containerd}/../../images/image.go`,
  },
  {
    message: /invalid reference format|couldn't parse image|^InvalidImageName$/,
    cause: 'The image name is not valid: {image}',
    advice: 'It must look like registry.azurecr.io/name:tag, in lower case.',
    graceSeconds: 0,
    source: kubelet,
  },
  {
    message: /not present with pull policy of Never|^ErrImageNeverPull$/,
    cause: 'The image {image} does not exist on the node, and its pull policy does not allow a pull',
    advice: 'Set imagePullPolicy to IfNotPresent or Always.',
    graceSeconds: 0,
    source: kubelet,
  },
  {
    message: /x509: |certificate (?:signed by unknown authority|has expired|is not valid)/,
    cause: "The certificate of the registry is not trusted, so the image {image} can't be pulled",
    advice:
      'Check the name of the registry, its certificate, and whether a proxy replaces certificates. Nodes must trust its certificate authority.',
    graceSeconds: noticeGraceSeconds,
    source: 'https://pkg.go.dev/crypto/x509#pkg-types',
  },
  {
    message: /no such host|server misbehaving|Temporary failure in name resolution/,
    cause: "The name of the registry can't be resolved, so the image {image} can't be pulled",
    advice:
      'Check the name of the registry. For a registry with a private endpoint, link its private DNS zone to the network of {puller}.',
    ...passing,
    source: acr,
  },
  {
    message: /server gave HTTP response to HTTPS client/,
    cause: "The registry does not offer HTTPS, so the image {image} can't be pulled",
    advice: 'Use a registry with HTTPS, such as Azure Container Registry.',
    graceSeconds: noticeGraceSeconds,
    source: 'https://github.com/golang/go/blob/master/src/net/http/client.go',
  },
  {
    message: /signature validation failed|^SignatureValidationFailed$/i,
    cause: 'The signature of the image {image} is missing or not valid',
    advice: 'Sign the image with a key that the policy of the nodes trusts.',
    graceSeconds: 0,
    source: kubelet,
  },
  {
    message: /no basic auth credentials|401 Unauthorized|authentication required|unauthorized: |insufficient_scope/i,
    cause: '{Puller} is not authorized to pull the image {image} from its registry',
    advice: '{grant}',
    ...passing,
    source: acr,
  },
  {
    message: /403 Forbidden|denied: |access denied/i,
    cause: '{Puller} is not allowed to pull the image {image} from its registry',
    advice:
      '{grant} If the role is assigned, check the network: a registry with a firewall or a private endpoint refuses other networks.',
    ...passing,
    source: acr,
  },
  {
    message:
      /^RegistryUnavailable$|i\/o timeout|TLS handshake timeout|context deadline exceeded|Client\.Timeout|connection (?:refused|reset)|no route to host|network is unreachable|\bEOF\b/,
    cause: "{Puller} can't reach the registry of the image {image}",
    advice:
      'Check the name of the registry, and whether its firewall, a network security group or a proxy blocks the connection.',
    ...passing,
    source: acr,
  },
  {
    message: /\b50[0-4] (?:Internal Server Error|Bad Gateway|Service Unavailable|Gateway Time-?out)/i,
    cause: 'The registry of the image {image} is not available',
    advice: 'Run the step later, and check the status of the registry.',
    ...passing,
    source: `${containerd}/fetcher.go`,
  },
  {
    message: /pull QPS exceeded/,
    cause: 'The node pulls too many images at the same time',
    advice: 'Run the step again.',
    ...passing,
    source: kubelet,
  },
  {
    message: /manifest unknown|name unknown|not ?found|does not exist/i,
    cause: 'The image {image} does not exist',
    advice: 'Check the registry, the name and the tag, and whether the step that pushes the image has run.',
    graceSeconds: 0,
    source: acr,
  },
  {
    message: /failed to extract layer|invalid tar header|unsupported media ?type|manifest invalid/i,
    cause: "The image {image} can't be unpacked",
    advice: 'Build and push the image again.',
    ...passing,
    source: 'https://github.com/containerd/containerd/blob/main/core/unpack/unpacker.go',
  },
];
