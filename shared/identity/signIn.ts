import { version } from '../../package.json';
import type { Context } from '../agent/context';
import { createHttpClient } from '../http/createHttpClient';
import type { Dialect } from '../http/dialect';
import type { HttpClient } from '../http/httpClient';
import { joined } from '../sentences';
import type { TokenSource } from '../http/tokenSource';
import { adviceFor, type SignInService } from './signInProblems';

export interface TokenService {
  readonly baseUrl: string;
  readonly service: SignInService;
  readonly dialect: Dialect;
  readonly tokens?: TokenSource;
  /** Of every call. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Follows a refusal: who requested the token, and with what. */
  readonly whoAsked?: () => string;
}

/** Long enough for a transient fault to pass, short enough for the pipeline to report the problem soon. */
export const secondsToSignIn = 60;

/** A client for a service that issues tokens; its refusals are explained. */
export function tokenClient({ whoAsked, ...options }: TokenService, context: Context): HttpClient {
  return createHttpClient({
    ...context,
    ...options,
    userAgent,
    explain: (trouble) => joined(whoAsked?.() ?? '', adviceFor(options.service, trouble) ?? '') || undefined,
  });
}

export const userAgent = `model-pipeline-tasks/${version}`;
