import { generate } from 'selfsigned';

/** A private certificate authority with what it signed, in PEM. */
export interface TestCertificates {
  readonly ca: string;
  /** For `localhost`, or the names that were asked for, by these names alone. */
  readonly server: { readonly cert: string; readonly key: string };
  /** Its key is encrypted with the passphrase. */
  readonly client: { readonly cert: string; readonly key: string; readonly passphrase: string };
}

/** Makes fresh ones; nothing of the kind is kept in the repository. */
export async function makeTestCertificates(names: readonly string[] = ['localhost']): Promise<TestCertificates> {
  const authority = await generate([{ name: 'commonName', value: 'Test authority' }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const ca = { key: authority.private, cert: authority.cert };
  const server = await generate([{ name: 'commonName', value: names[0] ?? '' }], {
    ...common,
    ca,
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: names.map((value) => ({ type: 2 as const, value })) },
    ],
  });
  const passphrase = 'secret-passphrase';
  const client = await generate([{ name: 'commonName', value: 'build agent' }], {
    ...common,
    ca,
    passphrase,
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'extKeyUsage', clientAuth: true },
    ],
  });
  return {
    ca: authority.cert,
    server: { cert: server.cert, key: server.private },
    client: { cert: client.cert, key: client.private, passphrase },
  };
}

const common = { keyType: 'ec', algorithm: 'sha256' } as const;
