import { version } from '../../package.json';
import type { TaskAgent } from '../agent/agent';
import type { Clock } from '../clock';
import { createHttpClient } from '../http/createHttpClient';
import type { HttpClient } from '../http/httpClient';
import { joined } from '../http/sentences';
import type { TokenSource } from '../http/tokenSource';
import { adviceFor, type SignInService } from './signInProblems';

/** What signing in needs from its surroundings. */
export interface SignInSurroundings {
  readonly agent: Pick<
    TaskAgent,
    'setSecret' | 'debug' | 'proxyFor' | 'certificates' | 'identityEndpoint' | 'managedIdentityUrl'
  >;
  readonly clock: Clock;
  /** Ends every call at once. */
  readonly signal: AbortSignal;
}

export interface TokenService {
  readonly baseUrl: string;
  readonly service: SignInService;
  readonly tokens?: TokenSource;
  /** Said after a refusal: who asked, and by what. */
  readonly whoAsked?: () => string;
}

/** Long enough for a service that stumbles, short enough for a pipeline to say what is wrong. */
export const secondsToSignIn = 60;

/** A client for a service that gives tokens; what it refuses is explained. */
export function tokenClient(
  { baseUrl, service, tokens, whoAsked }: TokenService,
  { agent, clock, signal }: SignInSurroundings,
): HttpClient {
  return createHttpClient({
    baseUrl,
    service,
    agent,
    clock,
    signal,
    userAgent,
    ...(tokens && { tokens }),
    explain: (trouble) => joined(whoAsked?.() ?? '', adviceFor(service, trouble) ?? '') || undefined,
  });
}

export const userAgent = `model-pipeline-tasks/${version}`;
