import type { Context } from '../../agent/context';
import { createHttpClient } from '../../http/createHttpClient';
import type { DetailedHttpClient } from '../../http/httpClient';
import type { ServiceCertificates } from '../../http/transport/certificates';
import type { TokenSource } from '../../http/tokenSource';
import { userAgent } from '../../identity/signIn';
import { kubernetesDialect } from '../dialect';
import { clientAdvice } from './advice';

/** How to reach the API server of a cluster, and the credentials for it. */
export interface ClusterAccess {
  /** The cluster, for messages. */
  readonly name: string;
  /** `https://host:port` */
  readonly server: string;
  readonly tls: ServiceCertificates;
  /** Absent where a client certificate is used. */
  readonly tokens?: TokenSource;
  /** The default namespace. */
  readonly namespace?: string;
  /** A proxy for this cluster only, instead of the agent's. */
  readonly proxyUrl?: string;
  /** The Entra application whose tokens the cluster accepts, where its users sign in with Microsoft Entra ID. */
  readonly azureServerId?: string;
}

/** An HTTP client for the API server. Makes no call. Throws a TaskError when its address or certificates can't be used. */
export function clusterHttp(access: ClusterAccess, { agent, clock, signal, deadline }: Context): DetailedHttpClient {
  const { server, tls, tokens, proxyUrl, name } = access;
  return createHttpClient({
    baseUrl: server,
    service: `cluster ${name}`,
    dialect: kubernetesDialect,
    tls,
    clock,
    signal,
    deadline,
    userAgent,
    ...(tokens && { tokens }),
    agent: {
      debug: (text) => agent.debug(text),
      certificates: () => agent.certificates(),
      proxyFor: (url) => (proxyUrl === undefined ? agent.proxyFor(url) : { url: proxyUrl }),
    },
    explain: (trouble) => clientAdvice(trouble, access.azureServerId),
  });
}
