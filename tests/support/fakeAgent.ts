import { resolve } from 'node:path';
import type { Agent, IdentityEndpoint, RunFacts, ServiceConnection, TaskResult, Words } from '../../shared/agent/agent';
import { pipelineFacts } from '../../shared/agent/pipelineFacts';

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

/** An agent in memory: gives the inputs that a test names, and keeps what the task says. */
export class FakeAgent implements Agent {
  readonly said: Said[] = [];
  readonly outputs: Record<string, string> = {};
  readonly summaries: Record<string, string> = {};
  readonly attachments: Record<string, string> = {};
  readonly results: { readonly result: TaskResult; readonly message: string }[] = [];
  readonly #facts = pipelineFacts((name) => this.variables[name]);

  constructor(
    private readonly inputs: Readonly<Record<string, string>> = {},
    private readonly connections: Readonly<Record<string, FakeConnection>> = {},
    /** The variables of its job, which its facts come from. */
    private readonly variables: Readonly<Record<string, string>> = {},
    private readonly endpoint?: IdentityEndpoint,
    private readonly secrets: readonly string[] = [],
  ) {}

  get workingFolder(): string {
    return this.#facts.workingFolder;
  }
  get temporaryFolder(): string {
    return this.#facts.temporaryFolder;
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
    return this.input(name);
  }
  pathInput(name: string): string | undefined {
    const given = this.input(name);
    return given === undefined ? undefined : resolve(this.workingFolder, given);
  }
  connection(id: string): ServiceConnection | undefined {
    const found = this.connections[id];
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
  holdsSecret(text: string): boolean {
    return this.secrets.some((secret) => text.includes(secret));
  }

  log(text: string): void {
    this.said.push({ kind: 'log', text });
  }
  group(title: string, text: string): void {
    this.said.push({ kind: 'log', text: `[${title}] ${text}` });
  }
  debug(text: string): void {
    this.said.push({ kind: 'debug', text });
  }
  warning(text: string): void {
    this.said.push({ kind: 'warning', text });
  }
  error(text: string): void {
    this.said.push({ kind: 'error', text });
  }
  progress(percent: number, text: string): void {
    this.said.push({ kind: 'progress', text: `${percent} ${text}` });
  }
  setOutput(name: string, value: string): void {
    this.outputs[name] = value;
  }
  setSecret(value: string): void {
    this.said.push({ kind: 'secret', text: value });
  }
  summary(name: string, markdown: string): Promise<void> {
    this.summaries[name] = markdown;
    return Promise.resolve();
  }
  attachToLog(fileName: string, content: string): Promise<void> {
    this.attachments[fileName] = content;
    return Promise.resolve();
  }
  proxyFor(): undefined {}
  certificates(): undefined {}
  onCancel(): void {
    // Tests cancel through the signal that they pass to runTask.
  }
  complete(result: TaskResult, message: string): void {
    this.results.push({ result, message });
  }
}
