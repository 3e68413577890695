import { Faults } from '../http/faults';
import { closeServer, listen, type TlsOptions } from '../http/httpServer';
import { RequestLog } from '../http/requestLog';
import { answerRequest } from './answer';
import { errorBody } from './armError';
import { Callers, publicAudiences, type TokenIssuer } from './callers';
import { addWorkspaceRoutes, partOf, type WorkspaceResource } from './databricksWorkspaces';
import { Router } from './router';

export interface AzureOptions {
  /** A free port by default. */
  readonly port?: number;
  /** Serves HTTPS at `localhost`. */
  readonly tls?: TlsOptions;
  readonly entra: TokenIssuer;
  /** In PEM: by which Entra is trusted over HTTPS, instead of the certificates of the system. */
  readonly issuerCa?: string;
  /** Those of the public cloud by default. */
  readonly audiences?: readonly string[];
  /** Their subscriptions are the ones that there are. */
  readonly workspaces?: readonly WorkspaceResource[];
  /** Client ids of those who may read; everybody by default. */
  readonly readers?: readonly string[];
  /** In epoch milliseconds: tokens live on it. Real time by default. */
  readonly clock?: { now(): number };
  /** How many entries a page of a list has; 100 by default. */
  readonly pageSize?: number;
}

/** A running Resource Manager. */
export interface Azure {
  readonly url: string;
  /** Client ids of those who may read, in lower case, which can be changed at any time; undefined for everybody. */
  readonly readers: Set<string> | undefined;
  readonly faults: Faults;
  readonly requests: RequestLog;
  /** Closes all connections. */
  close(): Promise<void>;
}

/** Starts the stand-in for Azure Resource Manager on the loopback address. */
export async function startAzure(options: AzureOptions): Promise<Azure> {
  const { entra, audiences = publicAudiences, workspaces = [], clock = Date, pageSize = 100 } = options;
  const readers = options.readers && new Set(options.readers.map((id) => id.toLowerCase()));
  const [faults, requests, router] = [new Faults(), new RequestLog(), new Router()];
  const subscriptionIds = new Set(workspaces.map(({ id }) => partOf(id, 'subscriptions').toLowerCase()));
  const parts = { router, callers: new Callers(entra, audiences, clock, options.issuerCa), subscriptionIds, readers };
  const { server, url } = await listen(
    {
      answer: (received, trace) => answerRequest(parts, received, trace),
      errorBody,
      faults,
      requests,
      ...(options.tls && { tls: options.tls }),
    },
    options.port ?? 0,
  );
  addWorkspaceRoutes(router, workspaces, { url, pageSize });
  return { url, readers, faults, requests, close: () => closeServer(server) };
}
