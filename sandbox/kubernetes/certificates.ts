import { generate } from 'selfsigned';

/** A certificate and its key, in PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** The cluster's own certificate authority. */
export interface Authority {
  /** In PEM: what clients have to trust. */
  readonly ca: string;
  /** For `localhost` and the loopback address. */
  readonly server: KeyPair;
  /** A certificate that names a user (CN) and the groups (O), as the API server reads them. */
  issueClient(userName: string, groups: readonly string[]): Promise<KeyPair>;
}

const common = { keyType: 'ec', algorithm: 'sha256' } as const;

/** Makes a fresh authority and the server's certificate. */
export async function makeAuthority(): Promise<Authority> {
  const root = await generate([{ name: 'commonName', value: 'kubernetes' }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const ca = { key: root.private, cert: root.cert };
  const server = await generate([{ name: 'commonName', value: 'kube-apiserver' }], {
    ...common,
    ca,
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 2, value: 'kubernetes' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return {
    ca: root.cert,
    server: { cert: server.cert, key: server.private },
    async issueClient(userName, groups) {
      const subject = [
        ...groups.map((value) => ({ name: 'organizationName', value })),
        { name: 'commonName', value: userName },
      ];
      const client = await generate(subject, {
        ...common,
        ca,
        extensions: [
          { name: 'basicConstraints', cA: false },
          { name: 'extKeyUsage', clientAuth: true },
        ],
      });
      return { cert: client.cert, key: client.private };
    },
  };
}
