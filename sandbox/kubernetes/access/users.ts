import type { PeerCertificate } from 'node:tls';

/** What a user may do; `*` stands for everything. Groups of resources name subresources as `pods/log`. */
export interface Rule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  /** All namespaces, and what has none, when absent. */
  readonly namespaces?: readonly string[];
}

export interface KubernetesUser {
  readonly name: string;
  readonly groups: readonly string[];
  /** A bearer token that stands for the user. */
  readonly token?: string;
  readonly rules?: readonly Rule[];
}

/** Members of it may do everything. */
export const mastersGroup = 'system:masters';

/** Knows who sends a request, by bearer token or client certificate. */
export class Users {
  constructor(
    readonly all: readonly KubernetesUser[],
    /** Finds the user of a token that `all` does not contain, such as a token of Entra ID. */
    readonly authenticate?: (token: string) => KubernetesUser | undefined,
  ) {}

  /** `undefined` for somebody who can't be told; a token that is sent has to be right. */
  find(authorization: string | undefined, certificate: PeerCertificate | undefined): KubernetesUser | undefined {
    const token = /^bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1];
    if (token !== undefined) return this.all.find((user) => user.token === token) ?? this.authenticate?.(token);
    return certificate && this.#certified(certificate);
  }

  #certified({ subject }: PeerCertificate): KubernetesUser {
    const { CN: name, O: organisation } = subject as unknown as { CN: string; O?: string | string[] };
    const groups = organisation === undefined ? [] : [organisation].flat();
    return this.all.find((user) => user.name === name) ?? { name, groups };
  }
}
