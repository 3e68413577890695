import type { Serve } from './serving';

/** What happens when an image runs. All seconds are of the sandbox clock. */
export interface ImageBehaviour {
  /** Why the image can't be pulled. */
  readonly pullError?: PullError;
  readonly pullSeconds?: number;
  /** From the start of the container until it answers probes and requests; `never` is a service that stays unready. */
  readonly readySeconds?: number | 'never';
  /** The container ends by itself. */
  readonly exit?: ContainerExit;
  /** Why its program can't be started, as the container runtime reports it. */
  readonly startError?: string;
  /** What the container writes when it starts. */
  readonly logs?: readonly string[];
  /** The user of the image is root. */
  readonly runsAsRoot?: boolean;
  /** How long it takes to stop when asked to. */
  readonly stopSeconds?: number;
  /** What answers requests; a small JSON answer by default. Its answers decide the probes. */
  readonly serve?: Serve;
}

export interface PullError {
  /**
   * `unauthorized`: 401 by the registry; `notFound`: no such manifest; `unavailable`: the registry answers 503; `firewall`: it
   * does not accept the address of the node; `either`: Docker Hub does not say whether the image exists; `rateLimit`: too many
   * pulls; `unknownHost`: its name can't be resolved; `certificate`: its certificate is not trusted.
   */
  readonly kind:
    'notFound' | 'unauthorized' | 'unavailable' | 'firewall' | 'either' | 'rateLimit' | 'unknownHost' | 'certificate';
  /** After this time, counted from the first try, it works. */
  readonly healsAfterSeconds?: number;
}

export interface ContainerExit {
  readonly code: number;
  readonly reason?: 'Error' | 'OOMKilled' | 'Completed';
  /** After the start; 1 by default. */
  readonly afterSeconds?: number;
}

const crashLogs = [
  'Traceback (most recent call last):',
  '  File "/app/score.py", line 3, in <module>',
  '    import sklearn',
  "ModuleNotFoundError: No module named 'sklearn'",
];

/** What images do that the table doesn't name, by a word of their name. */
const byWord: readonly [word: string, behaviour: ImageBehaviour][] = [
  ['not-found', { pullError: { kind: 'notFound' } }],
  ['unauthorized', { pullError: { kind: 'unauthorized' } }],
  ['crash', { exit: { code: 1 }, logs: crashLogs }],
  ['oom', { exit: { code: 137, reason: 'OOMKilled', afterSeconds: 2 }, logs: ['Loading model'] }],
  ['slow', { readySeconds: 20, logs: ['Loading model'] }],
  ['unready', { readySeconds: 'never', logs: ['Model is not loaded'] }],
  ['root', { runsAsRoot: true }],
  ['no-program', { startError: 'exec: "gunicorn": executable file not found in $PATH: unknown' }],
];

/** An image by its own entry in the table, else by a word of its name, else one that works. */
export function behaviourOf(image: string, table: Readonly<Record<string, ImageBehaviour>>): ImageBehaviour {
  return table[image] ?? byWord.find(([word]) => image.includes(word))?.[1] ?? {};
}

/** Why a pull fails, as the container runtime reports it. */
export function pullErrorText(image: string, { kind }: PullError): string {
  const full = fullName(image);
  const failed = `failed to pull and unpack image "${full}": failed to resolve reference "${full}"`;
  const registry = full.split('/')[0] ?? '';
  const manifest = `https://${full.replace('/', '/v2/').replace(/:([^:/]*)$/, '/manifests/$1')}`;
  const unknown = `rpc error: code = Unknown desc = ${failed}`;
  switch (kind) {
    case 'firewall':
      return `${unknown}: unexpected status from HEAD request to ${manifest}: 403 Forbidden: denied: client with IP '20.1.2.3' is not allowed access. Refer https://aka.ms/acr/firewall to grant access.`;
    case 'either':
      return `${unknown}: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`;
    case 'rateLimit':
      return `${unknown}: unexpected status from HEAD request to ${manifest}: 429 Too Many Requests - Server message: toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit`;
    case 'unknownHost':
      return `${unknown}: failed to do request: Head "${manifest}": dial tcp: lookup ${registry} on 168.63.129.16:53: no such host`;
    case 'certificate':
      return `${unknown}: failed to do request: Head "${manifest}": tls: failed to verify certificate: x509: certificate signed by unknown authority`;
    case 'notFound':
      return `rpc error: code = NotFound desc = ${failed}: ${full}: not found`;
    case 'unauthorized':
      return `rpc error: code = Unknown desc = ${failed}: failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://${full.split('/')[0] ?? ''}/oauth2/token: 401 Unauthorized`;
    case 'unavailable':
      return `rpc error: code = Unknown desc = ${failed}: unexpected status from HEAD request to https://${full.split('/')[0] ?? ''}/v2/: 503 Service Unavailable`;
  }
}

/** With the registry and the tag that are meant when there are none. */
export function fullName(image: string): string {
  const [first = '', ...rest] = image.split('/');
  const hasRegistry = rest.length > 0 && /[.:]|^localhost$/.test(first);
  const path = hasRegistry ? image : `docker.io/${rest.length === 0 ? 'library/' : ''}${image}`;
  return /[:@][^/]*$/.test(path) ? path : `${path}:latest`;
}
