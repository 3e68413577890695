import type { Json } from '../json';

/** A token for a service, and for how long it is valid. */
export interface TokenOfIssuer {
  readonly token: string;
  readonly lifeSeconds: number;
}

/** What signs in itself and hands out tokens, such as the Azure CLI, instead of a secret that a task signs in with. */
export interface TokenIssuer {
  /** Who the tokens are for, for messages; it may become more precise with the first token. */
  readonly identity: string;
  /** A token for a service, by its application id or URI. Rejects with a TaskError that says why there is none. */
  issue(resource: string, signal: AbortSignal): Promise<TokenOfIssuer>;
}

/** A service connection as the agent hands it to the task. */
export interface ServiceConnection {
  readonly id: string;
  /** Its name, where the agent knows it. Azure Pipelines gives a job the id only (`ENDPOINT_URL_<id>` and the like). */
  readonly title?: string;
  readonly url: string;
  /** The authentication scheme, such as `Token`; compare without regard to case. */
  readonly scheme: string;
  /** An authorization parameter: secret unless the platform says otherwise. */
  authorization(parameter: string): string | undefined;
  /** A field of the connection that is not secret. */
  data(field: string): string | undefined;
  /** Where the tokens come from instead of the parameters. Azure Pipelines has no such connections. */
  readonly issuer?: TokenIssuer | undefined;
}

/** Where Azure DevOps gives the job an OpenID Connect token. */
export interface IdentityEndpoint {
  readonly url: string;
  readonly accessToken: string;
}

/** The proxy that the agent was configured with, for one target URL. */
export interface ProxySettings {
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
}

/** The certificates that the agent was configured with, as file paths. */
export interface CertificateSettings {
  readonly caFile?: string;
  readonly certificateFile?: string;
  readonly keyFile?: string;
  readonly passphrase?: string;
}

/** The place in a user's file that a warning is about. */
export interface SourceLocation {
  readonly file: string;
  readonly line?: number;
}

/** What is known of the run that the work is part of. All but the seed may be unknown, as on a person's own machine. */
export interface RunFacts {
  /**
   * The same for every attempt of one step (the agent's retries, a step that was killed), another for every other step,
   * run, and attempt of a stage or job: a person who runs those again wants new work.
   */
  readonly seed: string;
  /** The page of the run. */
  readonly url?: string;
  readonly id?: string;
  /** The name of the run, such as `20261128.3`. */
  readonly number?: string;
  readonly pipeline?: string;
  readonly pipelineId?: string;
  readonly job?: string;
  readonly project?: string;
  readonly projectId?: string;
  /** With a slash at its end: `https://dev.azure.com/contoso/`. */
  readonly organizationUrl?: string;
  /** The name of the repository that the run began with. */
  readonly repository?: string;
  readonly commit?: string;
  /** The person who started the run, or whose change did. */
  readonly requestedFor?: string;
}

/** The words in which a message speaks of where it is said: in a pipeline, or in a terminal. */
export interface Words {
  /** How to see more of what is done: `set System.Debug to true`. */
  readonly turnOnDebug: string;
  /** What does the work: `this step`. */
  readonly thisStep: string;
  /** Where the work is done: `the agent`. */
  readonly thisMachine: string;
  /** How to begin again: `Queue a new pipeline run`. */
  readonly startAgain: string;
  /** What is wrong with an input whose connection is unknown, in the words that follow its name. */
  readonly connectionMissing: string;
  /** What is wrong with an input that is left out and that the run does not give, either, in the words that follow its name. */
  readonly missing: Readonly<Record<'organization' | 'project' | 'repository', string>>;
}

export type TaskResult = 'Succeeded' | 'SucceededWithIssues' | 'Failed' | 'Canceled';

/**
 * What running work may ask of, or say to, the agent: facts about where it runs, and what people see of it. Text given
 * to these methods is data: whatever it contains, it can't issue a logging command. Secrets of 6 characters and more that the
 * job knows are hidden in it, in any encoding, also in files and outputs, which the agent itself does not mask.
 */
export interface TaskAgent {
  /** The folder that relative paths start from; absolute. */
  readonly workingFolder: string;
  /** A folder for files that nobody needs after the job; absolute. */
  readonly temporaryFolder: string;
  /** The folders that the files of the work lie in: the working folder, the sources, artifacts, temporary files; absolute. */
  readonly readableFolders: readonly string[];
  readonly run: RunFacts;
  readonly words: Words;
  /** The environment variables that a program needs to run at all. The others may hold secrets that it has no use for. */
  readonly programEnvironment: Readonly<Record<string, string>>;
  /** Where the managed identity of this machine is asked for a token; undefined for the address that all Azure machines have. */
  readonly managedIdentityUrl: string | undefined;
  /** Where the job can ask for a token that proves its identity, and its own secret for that; undefined where there is no such place. */
  identityEndpoint(): IdentityEndpoint | undefined;
  /** The token of the job, `System.AccessToken`; undefined where there is no job. */
  jobToken(): string | undefined;
  /**
   * Whether a text contains a secret of this job, or a line of it, in any encoding. A secret of less than 6 characters must
   * be the whole text: it would be found everywhere.
   */
  holdsSecret(text: string): boolean;

  log(text: string): void;
  /** Collapsed in the log under its title. */
  group(title: string, text: string): void;
  /** Shown only to those who turned debugging on. */
  debug(text: string): void;
  warning(text: string, location?: SourceLocation): void;
  /** The agent keeps 10 a step. */
  error(text: string, location?: SourceLocation): void;
  progress(percent: number, text: string): void;

  /** From here on the agent masks this value, and each of its lines, wherever they appear. */
  setSecret(value: string): void;
  /** Markdown that is shown on the run's summary page. Never rejects: what can't be written is a warning. */
  summary(name: string, markdown: string): Promise<void>;
  /** A file that is kept with the step's log, for what is too long to print. Never rejects, either. */
  attachToLog(fileName: string, content: string): Promise<void>;
  /**
   * A JSON document that is kept with this step's record of the run, for pages that show the run. `type` says what reads it,
   * `name` must be its own in the run. Neither may have characters that file names cannot have. Never rejects, either.
   */
  attach(type: string, name: string, json: Json): Promise<void>;
  /**
   * Tags the run. A tag must not have a colon, which Azure DevOps refuses in the address that the agent uses. Does nothing in
   * a release, which has no tags.
   */
  addBuildTag(tag: string): void;

  /** Is told when something was started, or may have been, that another attempt with the same seed attaches to. */
  canResume(): void;

  proxyFor(url: string): ProxySettings | undefined;
  certificates(): CertificateSettings | undefined;
}

/** The whole agent: also the task's inputs and outputs, its cancellation and its result. */
export interface Agent extends TaskAgent {
  /** The input's text, trimmed by the agent; undefined when empty. */
  input(name: string): string | undefined;
  /** As `input`, for a secret: nothing of it is logged, not even for debugging. */
  secretInput(name: string): string | undefined;
  /** The input's path, absolute; undefined when left empty (the agent then passes its working folder). */
  pathInput(name: string): string | undefined;
  /** The service connection with this id; undefined when there is none, or the job may not use it. */
  connection(id: string): ServiceConnection | undefined;
  /** Sets an output variable. A text that would be a logging command when a later step prints it is changed (`##_vso[`). */
  setOutput(name: string, value: string, options?: { readonly secret?: boolean }): void;
  /** Calls back at the first cancel signal only. */
  onCancel(callback: () => void): void;
  /**
   * Reports how the task ended, by `startTask` and `runTask` only. Resolves when the agent has received the report, which
   * takes as long as it reads slowly; rejects when it can't receive it any more.
   */
  complete(result: TaskResult, message: string): Promise<void>;
}
