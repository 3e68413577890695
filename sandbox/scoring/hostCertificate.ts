import { generate } from 'selfsigned';

/** The certificate of a server, and of the authority that signed it, in PEM. */
export interface HostCertificate {
  /** What clients have to trust. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const common = { keyType: 'ec', algorithm: 'sha256' } as const;

/** Makes a fresh authority and its certificate for hosts, whose names may be wildcards. */
export async function makeHostCertificate(names: readonly string[]): Promise<HostCertificate> {
  const authority = await generate([{ name: 'commonName', value: 'Sandbox proxy' }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: 'sandbox' }], {
    ...common,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: names.map((value) => ({ type: 2 as const, value })) },
    ],
  });
  return { ca: authority.cert, cert: server.cert, key: server.private };
}
