import * as shape from '../../http/shape';
import type { Read } from '../../http/shape';

const text = shape.maybe(shape.text);
const entries = shape.maybe(shape.list(shape.json));

/**
 * The fields of a kubeconfig that are read; all may be missing (https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/).
 * Those of an entry are read where it is used, so that nothing in the others matters.
 */
export const kubeconfigShape = shape.object({
  'current-context': text,
  clusters: shape.list(shape.json),
  users: entries,
  contexts: entries,
});

export const contextShape = shape.object({ cluster: text, user: text, namespace: text });

export const clusterShape = shape.object({
  server: text,
  'certificate-authority': text,
  'certificate-authority-data': text,
  'insecure-skip-tls-verify': shape.maybe(shape.boolean),
  'tls-server-name': text,
  'proxy-url': text,
});

const execShape = shape.object({
  apiVersion: text,
  command: shape.nonEmptyText,
  args: shape.maybe(shape.list(shape.text)),
  env: shape.maybe(shape.list(shape.object({ name: shape.text, value: shape.text }))),
  provideClusterInfo: shape.maybe(shape.boolean),
  interactiveMode: text,
});

export const userShape = shape.object({
  token: text,
  tokenFile: text,
  username: text,
  'client-certificate': text,
  'client-certificate-data': text,
  'client-key': text,
  'client-key-data': text,
  exec: shape.maybe(execShape),
  // What kubectl had before credential plugins.
  'auth-provider': shape.maybe(
    shape.object({ name: text, config: shape.maybe(shape.object({ 'apiserver-id': text })) }),
  ),
});

/** What a plugin writes to its output. */
export const credentialShape = shape.object({
  status: shape.maybe(
    shape.object({
      token: text,
      expirationTimestamp: shape.lenient(shape.date, undefined),
      clientCertificateData: text,
    }),
  ),
});

export type Kubeconfig = Read<typeof kubeconfigShape>;
export type KubeconfigCluster = Read<typeof clusterShape>;
export type KubeconfigUser = Read<typeof userShape>;
/** A credential plugin (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins). */
export type KubeconfigExec = Read<typeof execShape>;
