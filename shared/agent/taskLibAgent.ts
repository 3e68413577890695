import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { asIs, redactor } from './door';
// After the door, which must be there first.
import * as tl from 'azure-pipelines-task-lib/task';
import { messageOf } from '../errors';
import { stringifyJson } from '../json';
import type { Agent, ServiceConnection, SourceLocation } from './agent';
import { harmless } from './harmless';
import { pipelineFacts } from './pipelineFacts';
import { proxySettings } from './proxySettings';
import { secretLines } from './redactor';

const facts = pipelineFacts((name) => tl.getVariable(name));

const methods: Omit<Agent, keyof typeof facts> = {
  input(name) {
    const value = quietly(() => tl.getInput(name));
    if (value) tl.debug(said(`${name}=${shownInput(value)}`));
    return value;
  },
  secretInput: (name) => quietly(() => tl.getInput(name)),
  pathInput: (name) => (tl.filePathSupplied(name) ? tl.getPathInput(name) : undefined),
  connection: serviceConnection,
  identityEndpoint() {
    const url = tl.getVariable('System.OidcRequestUri');
    const accessToken = jobToken();
    return url && accessToken ? { url, accessToken } : undefined;
  },
  jobToken,
  holdsSecret: (text) => redactor.holds(text),

  log: (text) => print(said(text)),
  group(title, text) {
    print(`##[group]${said(title)}`);
    print(said(text));
    print('##[endgroup]');
  },
  debug: (text) => tl.debug(said(text)),
  warning,
  error: (text, location) => tl.logIssue(tl.IssueType.Error, said(text), location?.file, location?.line),
  progress: (percent, text) => tl.setProgress(Math.round(percent), said(text)),

  setOutput(name, value, { secret = false } = {}) {
    if (secret) setSecret(value);
    const text = secret ? value : redactor.redact(value);
    // Not setVariable of task-lib: it refuses a value of several lines where a secret variable has the same name.
    const properties = { variable: name, isOutput: 'true', issecret: String(secret) };
    asIs(() => tl.command('task.setvariable', properties, harmless(text)));
    if (text !== value) warning(`The output variable '${name}' contains a secret, which is replaced by ***.`);
  },
  setSecret,
  summary: (name, markdown) => handOver(`${name}.md`, markdown, tl.uploadSummary),
  attachToLog: (fileName, content) => handOver(fileName, content, tl.uploadFile),
  attach: (type, name, json) =>
    handOver(name, stringifyJson(json), (path) => tl.command('task.addattachment', { type, name }, path)),
  addBuildTag(tag) {
    // The agent refuses the command in a release.
    if (tl.getVariable('System.HostType')?.toLowerCase() !== 'release') tl.command('build.addbuildtag', {}, said(tag));
  },

  // The agent itself repeats a step with the same seed.
  canResume: () => undefined,

  proxyFor: (url) => proxySettings((name) => tl.getVariable(name), url),
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
  async complete(result, message) {
    // task-lib would spell it `Cancelled`, which the agent does not know.
    if (result === 'Canceled') tl.command('task.complete', { result }, said(message));
    else tl.setResult(tl.TaskResult[result], said(message));
    await allPrinted();
  },
};

/** The agent that started this process, through azure-pipelines-task-lib. */
export const taskLibAgent: Agent = Object.assign(facts, methods);

/** A text as it may be shown: without secrets, and without logging commands of others. */
function said(text: string): string {
  return harmless(redactor.redact(text));
}

function warning(text: string, location?: SourceLocation): void {
  tl.logIssue(tl.IssueType.Warning, said(text), location?.file, location?.line);
}

/** An input for the debug log. A text with names and values may hold a secret that nobody announced. */
function shownInput(value: string): string {
  return /^(?!.*:\/\/.*@)[^\n={]{1,200}$/.test(value) ? value : `(${value.length} characters)`;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Resolves when everything printed has left the process: writing to a pipe is asynchronous on POSIX systems. */
function allPrinted(): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write('', (error) => (error ? reject(error) : resolve()));
  });
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
  redactor.add(value);
  for (const line of secretLines(value)) asIs(() => tl.setSecret(line));
}

function jobToken(): string | undefined {
  return serviceConnection('SYSTEMVSSCONNECTION')?.authorization('AccessToken');
}

function serviceConnection(id: string): ServiceConnection | undefined {
  // Quietly: people leave passwords in it.
  const url = quietly(() => tl.getEndpointUrl(id, true));
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

/** Work that is done does not fail because nothing can be written about it. */
async function handOver(name: string, content: string, upload: (path: string) => void): Promise<void> {
  let path: string;
  try {
    path = await temporaryFile(name, content);
  } catch (error) {
    const problem = `Could not write '${name}' for the summary or the log of this step: ${messageOf(error)}.`;
    warning(
      `${problem} The work itself is not affected. Check the free space and the permissions of the agent's temporary folder.`,
    );
    return;
  }
  asIs(() => upload(path));
}

async function temporaryFile(name: string, content: string): Promise<string> {
  const folder = await mkdtemp(join(taskLibAgent.temporaryFolder, 'task-'));
  const path = join(folder, name.replaceAll(/[^\w. -]/g, '_'));
  await writeFile(path, redactor.redact(content));
  return path;
}
