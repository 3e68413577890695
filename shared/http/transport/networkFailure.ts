import { NetworkError } from '../errors';
import type { Failure } from '../answer/failure';
import type { NoAnswer } from './send';

/** The target of a call. */
export interface Destination {
  readonly service: string;
  readonly host: string;
  readonly proxyHost: string | undefined;
}

/** The cause behind a code of Node, its HTTP parser, zlib, OpenSSL, or of our own; the first that matches is taken. */
const causes: readonly { readonly codes: RegExp; readonly isTransient: boolean; advice(to: Destination): string }[] = [
  {
    codes: /^ERR_TLS_CERT_ALTNAME_INVALID$|^CERT_HAS_EXPIRED$|^CERT_NOT_YET_VALID$/,
    isTransient: false,
    advice: ({ host }) => `Check the URL, the certificate of ${host} and the clock of the agent machine.`,
  },
  {
    codes: /ALERT/,
    isTransient: false,
    advice: ({ host }) =>
      `${host} ended the TLS handshake. If it asks for a client certificate, configure the agent with one ` +
      '(--sslclientcert, --sslclientcertkey) that it accepts.',
  },
  {
    codes: /CERT|UNABLE_TO_|INVALID_CA/,
    isTransient: false,
    advice: ({ host }) =>
      `The certificate of ${host} is not trusted. If your organization signs its own certificates, or its proxy inspects ` +
      'TLS connections, configure the agent with the certificate of that authority (--sslcacert).',
  },
  {
    codes: /^(ENOTFOUND|EAI_AGAIN|EAI_FAIL)$/,
    isTransient: true,
    advice: ({ host, proxyHost }) =>
      `Check ${proxyHost ? `the name of the proxy (${proxyHost})` : `the URL (${host})`} and the DNS of the agent machine` +
      (proxyHost ? '.' : ', and whether it needs a proxy (--proxyurl).'),
  },
  {
    codes:
      /^(E(CONN(RESET|REFUSED|ABORTED)|PIPE|TIMEDOUT|(HOST|NET)(UNREACH|DOWN)|NETRESET|ADDRNOTAVAIL|PROTO)|TOO_SLOW)$/,
    isTransient: true,
    advice: ({ host, proxyHost }) =>
      proxyHost
        ? `Check that the agent's proxy (${proxyHost}) is up and lets the agent reach ${host}.`
        : `Check that the agent machine can reach ${host}: firewall, proxy (--proxyurl).`,
  },
  {
    codes: /^(TRUNCATED|ERR_STREAM_PREMATURE_CLOSE|HPE_.*|Z_.*|ERR_SSL_.*)$/,
    isTransient: true,
    advice: ({ host, proxyHost }) =>
      `Something between the agent and ${host} breaks answers${proxyHost ? `, possibly the proxy (${proxyHost})` : ''}.`,
  },
  {
    codes: /^TOO_LARGE$/,
    isTransient: false,
    advice: ({ host }) => `No answer of this service is that large: check that ${host} is its address.`,
  },
];

/** Answers of the proxy itself, which opened no connection. */
function proxyAdvice(status: number, { host, proxyHost = '' }: Destination): string {
  return status === 407
    ? `Configure the agent with the user name and password for its proxy ${proxyHost} (--proxyusername, --proxypassword).`
    : `Allow ${host} in the proxy ${proxyHost}, or bypass the proxy for it (.proxybypass).`;
}

/** The failure of a call without an answer. */
export function networkFailure(cause: NoAnswer, to: Destination): Failure {
  const { code, message, mayHaveArrived, proxyStatus } = cause;
  const known = causes.find(({ codes }) => codes.test(code));
  const isTransient = proxyStatus === undefined ? known?.isTransient === true : proxyStatus >= 500;
  const advice = proxyStatus === undefined ? known?.advice(to) : proxyAdvice(proxyStatus, to);
  const reason = message.includes(code) || code === 'UNKNOWN' ? message : `${message || 'no connection'} (${code})`;
  return {
    isTransient,
    isUndone: !mayHaveArrived,
    isTokenRefused: false,
    isTooFast: false,
    // A host name that doesn't exist is usually a typing error, which should be reported soon.
    mostAttempts: code === 'ENOTFOUND' ? 4 : undefined,
    retryAfterSeconds: undefined,
    trouble: undefined,
    error: (purpose, ending, attempts) =>
      new NetworkError(
        [`Could not ${purpose}: ${to.service} gave no answer: ${reason}.`, ending, advice].filter(Boolean).join(' '),
        { attempts, isTransient, code },
      ),
  };
}
