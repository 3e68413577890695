/** A service connection as the agent hands it to the task. */
export interface ServiceConnection {
  readonly id: string;
  readonly url: string;
  /** The authentication scheme, such as `Token`; compare without regard to case. */
  readonly scheme: string;
  /** An authorization parameter: secret unless the platform says otherwise. */
  authorization(parameter: string): string | undefined;
  /** A field of the connection that is not secret. */
  data(field: string): string | undefined;
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

/** Where in a file of the user's a warning belongs. */
export interface SourceLocation {
  readonly file: string;
  readonly line?: number;
}

export type TaskResult = 'Succeeded' | 'SucceededWithIssues' | 'Failed' | 'Canceled';

/**
 * What running work may ask of, or say to, the pipeline agent. Text given to these methods is data: whatever it holds,
 * it can't issue a logging command.
 */
export interface TaskAgent {
  /** Where the job can ask who it is (System.OidcRequestUri), and the job's own secret for it; undefined where the server has none. */
  identityEndpoint(): IdentityEndpoint | undefined;
  /** A pipeline variable such as `System.JobId`. */
  variable(name: string): string | undefined;
  /**
   * Whether a text holds what a secret variable of this job stands for, or a line of it. Secrets of less than 6
   * characters count only where they are the whole text: the others would be found everywhere.
   */
  holdsSecret(text: string): boolean;

  log(text: string): void;
  /** Folded in the log under its title. */
  group(title: string, text: string): void;
  /** Shown only when the run has `System.Debug` set. */
  debug(text: string): void;
  warning(text: string, location?: SourceLocation): void;
  /** The agent keeps 10 a step. */
  error(text: string, location?: SourceLocation): void;
  progress(percent: number, text: string): void;

  /** From here on the agent masks this value wherever it appears. */
  setSecret(value: string): void;
  /** Markdown that is shown on the run's summary page. */
  summary(name: string, markdown: string): Promise<void>;
  /** A file that is kept with the step's log, for what is too long to print. */
  attachToLog(fileName: string, content: string): Promise<void>;

  proxyFor(url: string): ProxySettings | undefined;
  certificates(): CertificateSettings | undefined;
}

/** All of the agent: besides what a task sees of it while it runs, its inputs, its outputs, its cancellation and its result. */
export interface Agent extends TaskAgent {
  /** The input's text, trimmed by the agent; undefined when empty. */
  input(name: string): string | undefined;
  /** The input's path, absolute; undefined when left empty (the agent then passes its working folder). */
  pathInput(name: string): string | undefined;
  /** The service connection with this id; undefined when the job was not given it. */
  connection(id: string): ServiceConnection | undefined;
  setOutput(name: string, value: string, options?: { readonly secret?: boolean }): void;
  /** Calls back at the first cancel signal only. */
  onCancel(callback: () => void): void;
  /** Says how the task ended: once, and only by `startTask`. */
  complete(result: TaskResult, message: string): void;
}
