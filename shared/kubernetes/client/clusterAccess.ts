import type { Agent } from '../../agent/agent';
import type { Clock } from '../../clock';
import { createHttpClient } from '../../http/createHttpClient';
import type { DetailedHttpClient } from '../../http/httpClient';
import type { ServiceCertificates } from '../../http/transport/certificates';
import type { TokenSource } from '../../http/tokenSource';
import { userAgent } from '../../identity/signIn';
import { kubernetesDialect } from '../dialect';
import { clientAdvice } from './advice';

/** How to reach the API server of a cluster, and by what a caller proves who it is. */
export interface ClusterAccess {
  /** The cluster, for messages. */
  readonly name: string;
  /** `https://host:port` */
  readonly server: string;
  readonly tls: ServiceCertificates;
  /** Absent where a client certificate is the proof. */
  readonly tokens?: TokenSource;
  /** Where things go unless somebody says otherwise. */
  readonly namespace?: string;
  /** A proxy for this cluster alone, in place of the agent's. */
  readonly proxyUrl?: string;
  /** The Entra application whose tokens the cluster asks for, where its users sign in by Microsoft Entra ID. */
  readonly azureServerId?: string;
}

/** What calls to a cluster need from their surroundings. */
export interface ClusterSurroundings {
  readonly agent: Pick<Agent, 'debug' | 'warning' | 'proxyFor' | 'certificates'>;
  readonly clock: Clock;
  /** Ends every call at once. */
  readonly signal: AbortSignal;
}

/** The API server as a caller. Makes no call. Throws a TaskError when its address or certificates can't be used. */
export function clusterHttp(access: ClusterAccess, { agent, clock, signal }: ClusterSurroundings): DetailedHttpClient {
  const { server, tls, tokens, proxyUrl, name } = access;
  return createHttpClient({
    baseUrl: server,
    service: `cluster ${name}`,
    dialect: kubernetesDialect,
    tls,
    clock,
    signal,
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
