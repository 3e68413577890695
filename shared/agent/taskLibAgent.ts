import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import * as tl from 'azure-pipelines-task-lib/task';
import type { Agent, ServiceConnection } from './agent';
import { pipelineFacts } from './pipelineFacts';

/** Of several lines, those that are shorter are not treated as secrets: they would be found everywhere. */
const shortestLine = 6;

const facts = pipelineFacts((name) => tl.getVariable(name));

const methods: Omit<Agent, keyof typeof facts> = {
  input: (name) => tl.getInput(name),
  secretInput: (name) => quietly(() => tl.getInput(name)),
  pathInput: (name) => (tl.filePathSupplied(name) ? tl.getPathInput(name) : undefined),
  connection: serviceConnection,
  identityEndpoint() {
    const url = tl.getVariable('System.OidcRequestUri');
    const accessToken = serviceConnection('SYSTEMVSSCONNECTION')?.authorization('AccessToken');
    return url && accessToken ? { url, accessToken } : undefined;
  },
  holdsSecret: (text) =>
    secretLines().some((secret) => text === secret || (secret.length >= shortestLine && text.includes(secret))),

  log: (text) => print(harmless(text)),
  group(title, text) {
    print(`##[group]${harmless(title)}`);
    print(harmless(text));
    print('##[endgroup]');
  },
  debug: (text) => tl.debug(harmless(text)),
  warning: (text, location) => tl.logIssue(tl.IssueType.Warning, harmless(text), location?.file, location?.line),
  error: (text, location) => tl.logIssue(tl.IssueType.Error, harmless(text), location?.file, location?.line),
  progress: (percent, text) => tl.setProgress(Math.round(percent), harmless(text)),

  setOutput: (name, value, options) => tl.setVariable(name, value, options?.secret ?? false, true),
  setSecret,
  summary: async (name, markdown) => tl.uploadSummary(await temporaryFile(`${name}.md`, markdown)),
  attachToLog: async (fileName, content) => tl.uploadFile(await temporaryFile(fileName, content)),

  proxyFor(url) {
    const proxy = tl.getHttpProxyConfiguration(url);
    if (!proxy) return undefined;
    const { proxyUrl, proxyUsername: username, proxyPassword: password } = proxy;
    return { url: proxyUrl, ...(username && { username }), ...(password && { password }) };
  },
  certificates() {
    const found = tl.getHttpCertConfiguration();
    if (!found) return undefined;
    const { caFile, certFile: certificateFile, keyFile, passphrase } = found;
    return {
      ...(caFile && { caFile }),
      ...(certificateFile && { certificateFile }),
      ...(keyFile && { keyFile }),
      ...(passphrase && { passphrase }),
    };
  },
  onCancel(callback) {
    let isFirst = true;
    const onSignal = (): void => {
      if (isFirst) callback();
      isFirst = false; // the agent sends SIGTERM 7.5 s after SIGINT, and kills the process 2.5 s later
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  },
  complete(result, message) {
    // task-lib would spell it `Cancelled`, which the agent does not know.
    if (result === 'Canceled') tl.command('task.complete', { result }, harmless(message));
    else tl.setResult(tl.TaskResult[result], harmless(message));
  },
};

/** The agent that started this process, through azure-pipelines-task-lib. */
export const taskLibAgent: Agent = Object.assign(facts, methods);

/**
 * The agent looks for logging commands anywhere in a line. Text that came from elsewhere must not issue one, so the
 * marks of commands and of formatting are broken in everything that is printed as text.
 */
function harmless(text: string): string {
  return text.replaceAll(/##(?=(?:vso)?\[)/gi, '##_');
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

let knownSecrets: readonly string[] | undefined;

/** The secret variables that the job began with, by lines. */
function secretLines(): readonly string[] {
  return (knownSecrets ??= quietly(() => tl.getVariables())
    .flatMap(({ value, secret }) => (secret && value ? value.split(/[\r\n]+/) : []))
    .map((line) => line.trim())
    .filter((line) => line !== ''));
}

/** Reads without any output: task-lib writes each value that it reads to the debug log. */
function quietly<Value>(read: () => Value): Value {
  tl.setStdStream(new Writable({ write: (_chunk, _encoding, done) => done() }));
  try {
    return read();
  } finally {
    tl.setStdStream(process.stdout);
  }
}

/** The agent masks line by line, and task-lib refuses a value of several lines. */
function setSecret(value: string): void {
  const lines = value.split(/[\r\n]+/).filter((line) => line !== '');
  for (const line of lines) if (lines.length === 1 || line.length >= shortestLine) tl.setSecret(line);
}

function serviceConnection(id: string): ServiceConnection | undefined {
  const url = tl.getEndpointUrl(id, true);
  if (url === undefined) return undefined;
  // Not getEndpointAuthorizationParameter: that one writes the secret to the debug log.
  const authorization = tl.getEndpointAuthorization(id, true);
  const parameters = new Map(
    Object.entries(authorization?.parameters ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
  return {
    id,
    url,
    scheme: authorization?.scheme ?? '',
    authorization: (parameter) => parameters.get(parameter.toLowerCase()) || undefined,
    data: (field) => tl.getEndpointDataParameter(id, field, true) || undefined,
  };
}

async function temporaryFile(name: string, content: string): Promise<string> {
  const folder = await mkdtemp(join(taskLibAgent.temporaryFolder, 'task-'));
  const path = join(folder, name.replaceAll(/[^\w. -]/g, '_'));
  await writeFile(path, content);
  return path;
}
