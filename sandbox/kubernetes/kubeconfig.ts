import type { KeyPair } from './certificates';

export interface KubeconfigParts {
  readonly server: string;
  readonly ca: string;
  readonly userName: string;
  readonly token?: string;
  readonly certificate?: KeyPair;
  readonly namespace?: string;
}

/** A kubeconfig (JSON, which is YAML) with one context. */
export function kubeconfig({ server, ca, userName, token, certificate, namespace }: KubeconfigParts): string {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const user = {
    ...(token !== undefined && { token }),
    ...(certificate && {
      'client-certificate-data': base64(certificate.cert),
      'client-key-data': base64(certificate.key),
    }),
  };
  return JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'sandbox', cluster: { server, 'certificate-authority-data': base64(ca) } }],
      users: [{ name: userName, user }],
      contexts: [{ name: 'sandbox', context: { cluster: 'sandbox', user: userName, ...(namespace && { namespace }) } }],
      'current-context': 'sandbox',
    },
    undefined,
    2,
  );
}
