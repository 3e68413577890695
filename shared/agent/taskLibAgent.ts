import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import * as tl from 'azure-pipelines-task-lib/task';
import type { Agent, ServiceConnection } from './agent';

/** The pipeline agent that started this process, reached through azure-pipelines-task-lib. */
export const taskLibAgent: Agent = {
  input: (name) => tl.getInput(name),
  pathInput: (name) => (tl.filePathSupplied(name) ? tl.getPathInput(name) : undefined),
  connection: serviceConnection,
  identityEndpoint() {
    const url = tl.getVariable('System.OidcRequestUri');
    const accessToken = serviceConnection('SYSTEMVSSCONNECTION')?.authorization('AccessToken');
    return url && accessToken ? { url, accessToken } : undefined;
  },
  variable: (name) => tl.getVariable(name),
  holdsSecret: (text) =>
    secretLines().some((secret) => text === secret || (secret.length >= 6 && text.includes(secret))),

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
  setSecret: (value) => tl.setSecret(value),
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
      isFirst = false; // later signals are the agent's impatience: it kills the process soon enough
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

/** The secret variables that the job began with, by lines. Read without a word: task-lib tells the debug log each value. */
function secretLines(): readonly string[] {
  if (knownSecrets) return knownSecrets;
  tl.setStdStream(new Writable({ write: (_chunk, _encoding, done) => done() }));
  try {
    knownSecrets = tl
      .getVariables()
      .flatMap(({ value, secret }) => (secret && value ? value.split(/[\r\n]+/) : []))
      .map((line) => line.trim())
      .filter((line) => line !== '');
    return knownSecrets;
  } finally {
    tl.setStdStream(process.stdout);
  }
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
  const folder = await mkdtemp(join(tl.getVariable('Agent.TempDirectory') ?? tmpdir(), 'task-'));
  const path = join(folder, name.replaceAll(/[^\w. -]/g, '_'));
  await writeFile(path, content);
  return path;
}
