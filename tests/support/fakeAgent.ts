import { resolve } from 'node:path';
import { harmless } from '../../shared/agent/harmless';
import { Redactor } from '../../shared/agent/redactor';
import type {
  Agent,
  IdentityEndpoint,
  ProxySettings,
  RunFacts,
  ServiceConnection,
  TaskResult,
  Words,
} from '../../shared/agent/agent';
import { stringifyJson, type Json } from '../../shared/json';
import { pipelineFacts } from '../../shared/agent/pipelineFacts';
import { formsOfSecrets, holdsAny, secretsOfParameter } from './leaks';
import { leaksInMessage, onSentMessage, type SentMessage } from './sentMessages';

/** What a task said to its agent, in order. */
export interface Said {
  readonly kind: 'log' | 'debug' | 'warning' | 'error' | 'progress' | 'secret';
  readonly text: string;
}

/** A service connection, whole; or one by a personal access token. */
export type FakeConnection =
  | { readonly url: string; readonly token: string }
  | {
      readonly url: string;
      readonly scheme: string;
      readonly parameters?: Readonly<Record<string, string>>;
      readonly data?: Readonly<Record<string, string>>;
    };

/** A text as the task hands it to its agent, before anything in it is hidden. */
interface HandedOver {
  readonly exit: Said['kind'] | 'output' | 'summary' | 'attachment' | 'tag' | 'result';
  readonly text: string;
}

/** Secrets that a test itself puts where they are none: in a file, or in the answer of a service. Only the agent hides them. */
export const misplacedSecrets = new Set<string>();

/**
 * An agent in memory: gives the inputs that a test names, and keeps what the task says, without its secrets as the real
 * one does. What it is handed is searched for secrets before that, and so is what the servers of this process receive:
 * `complete` rejects when one is found, and so does `checkLeaks` after tests without a task.
 */
export class FakeAgent implements Agent {
  readonly said: Said[] = [];
  readonly outputs: Record<string, string> = {};
  readonly summaries: Record<string, string> = {};
  readonly attachments: Record<string, string> = {};
  /** By type and name: `model-pipelines.run/deployment-1.json`. */
  readonly recorded: Record<string, unknown> = {};
  readonly buildTags: string[] = [];
  isResumable = false;
  readonly results: { readonly result: TaskResult; readonly message: string }[] = [];
  readonly #redactor: Redactor;
  /** All secrets of the job, with those that the task announces. */
  readonly #secrets: string[];
  readonly #readAsSecret = new Set<string>();
  readonly #handedOver: HandedOver[] = [];
  readonly #leaks: string[] = [];
  /** Until another secret becomes known. */
  #knownForms: { readonly state: string; readonly forms: readonly string[] } | undefined;
  readonly #facts = pipelineFacts((name) => this.variables[name]);

  constructor(
    private readonly inputs: Readonly<Record<string, string>> = {},
    private readonly connections: Readonly<Record<string, FakeConnection>> = {},
    /** The variables of its job, which its facts come from. */
    private readonly variables: Readonly<Record<string, string>> = {},
    private readonly endpoint?: IdentityEndpoint,
    /** The values of its secret variables. */
    secrets: readonly string[] = [],
  ) {
    this.#redactor = new Redactor([...Object.values(connections).flatMap(secretsOf), ...secrets]);
    this.#secrets = [
      ...Object.values(connections).flatMap(provingSecretsOf),
      ...(endpoint ? [endpoint.accessToken] : []),
      ...secrets,
    ];
    watched.push(this);
    if (watched.length > mostWatched) watched.shift();
  }

  get workingFolder(): string {
    return this.#facts.workingFolder;
  }
  get temporaryFolder(): string {
    return this.#facts.temporaryFolder;
  }
  get readableFolders(): readonly string[] {
    return this.#facts.readableFolders;
  }
  get run(): RunFacts {
    return this.#facts.run;
  }
  get words(): Words {
    return this.#facts.words;
  }
  get programEnvironment(): Readonly<Record<string, string>> {
    return this.#facts.programEnvironment;
  }
  get managedIdentityUrl(): string | undefined {
    return this.#facts.managedIdentityUrl;
  }

  /** How the task ended; fails the test when it ended more than once or not at all. */
  get end(): { readonly result: TaskResult; readonly message: string } {
    const [end, ...more] = this.results;
    if (!end || more.length > 0) throw new Error(`The task said ${this.results.length} results.`);
    return end;
  }

  /** All that was said of some kinds, as one text. */
  text(...kinds: readonly Said['kind'][]): string {
    return this.said
      .filter((said) => kinds.length === 0 || kinds.includes(said.kind))
      .map((said) => said.text)
      .join('\n');
  }

  input(name: string): string | undefined {
    return this.inputs[name]?.trim() || undefined;
  }
  secretInput(name: string): string | undefined {
    this.#readAsSecret.add(name);
    return this.input(name);
  }
  pathInput(name: string): string | undefined {
    const given = this.input(name);
    return given === undefined ? undefined : resolve(this.workingFolder, given);
  }
  connection(id: string): ServiceConnection | undefined {
    const found = Object.hasOwn(this.connections, id) && this.connections[id];
    if (!found) return undefined;
    const {
      scheme,
      parameters = {},
      data = {},
    } = 'token' in found ? { scheme: 'Token', parameters: { apitoken: found.token }, data: {} } : found;
    return {
      id,
      url: found.url,
      scheme,
      authorization: (parameter) => parameters[parameter],
      data: (field) => data[field],
    };
  }
  identityEndpoint(): IdentityEndpoint | undefined {
    return this.endpoint;
  }
  jobToken(): string | undefined {
    return this.variables['System.AccessToken'];
  }
  holdsSecret(text: string): boolean {
    return this.#redactor.holds(text);
  }

  log(text: string): void {
    this.#say('log', text);
  }
  group(title: string, text: string): void {
    this.#say('log', `[${title}] ${text}`);
  }
  debug(text: string): void {
    this.#say('debug', text);
  }
  warning(text: string): void {
    this.#say('warning', text);
  }
  error(text: string): void {
    this.#say('error', text);
  }
  progress(percent: number, text: string): void {
    this.#say('progress', `${percent} ${text}`);
  }
  setOutput(name: string, value: string): void {
    this.#take('output', value);
    this.outputs[name] = harmless(this.#redactor.redact(value));
  }
  setSecret(value: string): void {
    this.#redactor.add(value);
    this.#secrets.push(value);
    this.said.push({ kind: 'secret', text: value });
  }
  summary(name: string, markdown: string): Promise<void> {
    this.#take('summary', markdown);
    this.summaries[name] = this.#redactor.redact(markdown);
    return Promise.resolve();
  }
  attachToLog(fileName: string, content: string): Promise<void> {
    this.#take('attachment', content);
    this.attachments[fileName] = this.#redactor.redact(content);
    return Promise.resolve();
  }
  attach(type: string, name: string, json: Json): Promise<void> {
    const content = stringifyJson(json);
    this.#take('attachment', content);
    this.recorded[`${type}/${name}`] = JSON.parse(this.#redactor.redact(content));
    return Promise.resolve();
  }
  addBuildTag(tag: string): void {
    this.#take('tag', tag);
    this.buildTags.push(this.#redactor.redact(tag));
  }
  canResume(): void {
    this.isResumable = true;
  }
  proxyFor(_url?: string): ProxySettings | undefined {
    return undefined;
  }
  certificates(): undefined {}
  onCancel(): void {
    // Tests cancel through the signal that they pass to runTask.
  }
  async complete(result: TaskResult, message: string): Promise<void> {
    this.#take('result', message);
    this.results.push({ result, message: this.#redactor.redact(message) });
    watched.splice(0, Infinity, ...watched.filter((agent) => agent !== this));
    await Promise.resolve();
    this.checkLeaks();
  }

  /** Throws when the task handed over a secret, or sent one where none may be. */
  checkLeaks(): void {
    const forms = this.#forms();
    const shown = this.#handedOver.filter(({ text }) => holdsAny(text, forms));
    const leaks = [...this.#leaks, ...shown.map(({ exit, text }) => `${exit}: ${this.#redactor.redact(text)}`)];
    if (leaks.length > 0) throw new Error(`The task shows a secret:\n${leaks.join('\n')}`);
  }

  /** Looks at a message to a server while this agent is in use. */
  see(message: SentMessage): void {
    this.#leaks.push(...leaksInMessage(message, this.#forms()));
  }

  /** The secrets that no text may hold: not those that the test itself wrote into an input for other things. */
  #forms(): readonly string[] {
    const state = [this.#secrets.length, this.#readAsSecret.size, ...misplacedSecrets].join('\n');
    if (this.#knownForms?.state !== state) this.#knownForms = { state, forms: this.#newForms() };
    return this.#knownForms.forms;
  }

  #newForms(): readonly string[] {
    const plain = Object.entries(this.inputs).flatMap(([name, text]) => (this.#readAsSecret.has(name) ? [] : [text]));
    const isMisplaced = (secret: string): boolean => plain.some((text) => text.includes(secret));
    return formsOfSecrets(
      this.#secrets.filter((secret) => secret !== '' && !isMisplaced(secret) && !misplacedSecrets.has(secret)),
    );
  }

  #take(exit: HandedOver['exit'], text: string): void {
    this.#handedOver.push({ exit, text });
  }

  #say(kind: Said['kind'], text: string): void {
    this.#take(kind, text);
    this.said.push({ kind, text: this.#redactor.redact(text) });
  }
}

function secretsOf(connection: FakeConnection): readonly string[] {
  return 'token' in connection ? [connection.token] : Object.values(connection.parameters ?? {});
}

function provingSecretsOf(connection: FakeConnection): readonly string[] {
  if ('token' in connection) return [connection.token];
  return Object.entries(connection.parameters ?? {}).flatMap(([name, value]) => secretsOfParameter(name, value));
}

/** The agents that are in use, the newest last. Tests of operations do not complete theirs. */
const watched: FakeAgent[] = [];
const mostWatched = 20;

/** The agents that were made and have no result yet. */
export function agentsInUse(): readonly FakeAgent[] {
  return watched;
}

/** Looks at nothing more for the agents so far. */
export function forgetAgents(): void {
  watched.length = 0;
}

onSentMessage((message) => {
  for (const agent of watched) agent.see(message);
});
