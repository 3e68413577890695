import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { holdsAny } from './leaks';

/** A request that a server of this process received: every stand-in, recording server and proxy of a test is one. */
export interface SentMessage {
  readonly method: string;
  /** Path and query, as sent; all of a URL to a proxy. */
  readonly url: string;
  /** Names and values in turn, as sent. */
  readonly rawHeaders: readonly string[];
  /** Its first 2 MiB: more is the content of large files. */
  readonly body: string;
}

const mostBytes = 2 * 1024 * 1024;

interface Place {
  /** `URL`, `header x`, `field x` of a form, `body`, `body.a.0.b` of JSON, or `name in body.a` for a name itself. */
  readonly place: string;
  readonly text: string;
}

/** With the text as it is meant, where that differs from how it is written. */
interface ReadPlace extends Place {
  readonly decoded?: string;
}

/** Of messages that several agents look at, each is taken apart once. */
const taken = new WeakMap<SentMessage, readonly ReadPlace[]>();

/** Where a task may send a secret. Anywhere else others can read it, and it stays there. */
const allowed: readonly { readonly to?: RegExp; readonly place: RegExp; readonly why: string }[] = [
  {
    place: /^header (authorization|proxy-authorization)$/,
    why: 'HTTP has these headers for credentials (RFC 9110, 11)',
  },
  {
    place: /^header x-databricks-azure-sp-management-token$/,
    why: 'Azure Databricks wants the second token of a principal here (learn.microsoft.com, Azure Databricks, service-prin-aad-token)',
  },
  {
    to: /^POST [^?]*\/token$/,
    place: /^field (client_secret|client_assertion|subject_token)$/,
    why: 'proofs of a sign-in, in the body of the request for a token (RFC 6749, 2.3.1; RFC 7523, 2.2; RFC 8693, 2.1)',
  },
  {
    to: /^\w+ [^?]*\/namespaces\/[^/?]+\/secrets(\/|\?|$)/,
    place: /^body\.(data|stringData)\./,
    why: "values of the input 'secrets' and the password of a registry: Kubernetes keeps them in a Secret",
  },
  {
    to: /^PUT [^?]*\/containerGroups\//i,
    place:
      /^body\.properties\.(.*\.environmentVariables\.\d+\.secureValue|imageRegistryCredentials\.\d+\.password|volumes\.\d+\.azureFile\.storageAccountKey|volumes\.\d+\.secret\..*|diagnostics\.logAnalytics\.workspaceKey)$/,
    why: 'what Container Instances keeps and never returns (Microsoft.ContainerInstance/containerGroups)',
  },
  {
    to: /^(HEAD|GET|PUT) \/[^?]+\?(\S*&)?sig=[^&]+/,
    place: /^URL$/,
    why: 'a shared access signature of Azure Storage is a part of the URL (learn.microsoft.com, Create a service SAS)',
  },
  {
    to: /^(POST|PUT) [^?]*\/_apis\/distributedtask\/variablegroups(\/\d+)?$/,
    place: /^body\.variables\.[^.]+\.value$/,
    why: 'secrets of variable groups, which Azure DevOps keeps and never returns',
  },
  {
    to: /^(POST|PUT) [^?]*\/build\/definitions(\/|\?|$)/i,
    place: /^body\.variables\.[^.]+\.value$/,
    why: 'secret variables of pipelines, which Azure DevOps keeps and never returns',
  },
];

/** The places of a message that hold one of the forms of secrets and may not. The secret itself is not repeated. */
export function leaksInMessage(message: SentMessage, forms: readonly string[]): readonly string[] {
  const target = `${message.method} ${message.url}`;
  return placesIn(message)
    .filter(({ text, decoded }) => holdsAny(text, forms) || (decoded !== undefined && holdsAny(decoded, forms)))
    .filter(({ place }) => !allowed.some((each) => each.place.test(place) && (each.to?.test(target) ?? true)))
    .map(({ place }) => `${message.method} ${message.url.replace(/\?.*/s, '?…')}: ${place}`);
}

/** Calls back for each request that a server of this process received, as soon as all of it is there or its sender is gone. */
export function onSentMessage(callback: (message: SentMessage) => void): { stop(): void } {
  callbacks.add(callback);
  return { stop: () => void callbacks.delete(callback) };
}

const callbacks = new Set<(message: SentMessage) => void>();

subscribe('http.server.request.start', (event) => {
  if (callbacks.size > 0) record((event as { readonly request: IncomingMessage }).request);
});

/** Sees the body on its way into the request, so that the server can read it as it likes, or not at all. */
function record(request: IncomingMessage): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let isDone = false;
  const finish = (): void => {
    if (isDone) return;
    isDone = true;
    const { method = '', url = '', rawHeaders } = request;
    const body = Buffer.concat(chunks).toString('utf8');
    const message = { method, url, rawHeaders, body };
    for (const callback of callbacks) callback(message);
  };
  const push = request.push.bind(request);
  request.push = (chunk: Buffer | null, encoding?: BufferEncoding) => {
    if (!chunk) finish();
    else if (bytes < mostBytes) {
      chunks.push(chunk);
      bytes += chunk.length;
    }
    return push(chunk, encoding);
  };
  request.once('close', finish);
}

function placesIn(message: SentMessage): readonly ReadPlace[] {
  const known = taken.get(message);
  if (known) return known;
  const read = placesOf(message).map((place) => {
    const decoded = percentDecoded(place.text);
    return decoded === place.text ? place : { ...place, decoded };
  });
  taken.set(message, read);
  return read;
}

function placesOf({ url, rawHeaders, body }: SentMessage): readonly Place[] {
  const headers = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [{ place: `header ${name.toLowerCase()}`, text: rawHeaders[index + 1] ?? '' }] : [],
  );
  const type = headers.find(({ place }) => place === 'header content-type')?.text ?? '';
  return [{ place: 'URL', text: url }, ...headers, ...placesOfBody(body, type)];
}

function placesOfBody(body: string, type: string): readonly Place[] {
  if (type.startsWith('application/x-www-form-urlencoded'))
    return [...new URLSearchParams(body)].map(([name, text]) => ({ place: `field ${name}`, text }));
  return /^\s*[[{]/.test(body) ? placesOfJson(body) : [{ place: 'body', text: body }];
}

function placesOfJson(body: string): readonly Place[] {
  try {
    return placesOfValue(JSON.parse(body), 'body');
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return [{ place: 'body', text: body }]; // Broken off, or no JSON.
  }
}

function placesOfValue(value: unknown, place: string): readonly Place[] {
  if (typeof value !== 'object' || value === null) return [{ place, text: String(value) }];
  return Object.entries(value).flatMap(([name, item]) => [
    ...(Array.isArray(value) ? [] : [{ place: `name in ${place}`, text: name }]),
    ...placesOfValue(item, `${place}.${name}`),
  ]);
}

function percentDecoded(text: string): string {
  return text
    .replaceAll('+', ' ')
    .replaceAll(/(?:%[\da-f]{2})+/gi, (escape) => Buffer.from(escape.replaceAll('%', ''), 'hex').toString('utf8'));
}
