import type { ServiceConnection } from '../../shared/agent/agent';
import type { Clock } from '../../shared/clock';

/** The global options that say who signs in, and where. All may be missing. */
export interface SignInOptions {
  /** `--profile`: of the configuration file of Databricks. */
  readonly profile?: string;
  /** `--host`: the workspace. */
  readonly host?: string;
  /** `--azure`: through the Azure CLI, also where other credentials are configured. */
  readonly azure?: boolean;
  /** `--subscription`: its id or name. */
  readonly subscription?: string;
  /** `--tenant`: its id or domain. */
  readonly tenant?: string;
  /** `--workspace-url`: the URL of the workspace or its Azure resource id. It implies `--azure`. */
  readonly workspaceUrl?: string;
  /** `--registry`: the server whose user name and password are taken from Docker's configuration. */
  readonly registry?: string;
  /** `--kubeconfig`: one file, instead of `KUBECONFIG` and `~/.kube/config`. */
  readonly kubeconfig?: string;
  /** `--kube-context` */
  readonly kubeContext?: string;
  /** `--organization`: its URL or name. */
  readonly organization?: string;
  /** `--project`: its name or id. */
  readonly project?: string;
  /** `--import-connection`: the id of a service connection in the project, which Azure DevOps itself uses for an import. */
  readonly importConnection?: string;
}

/** The environment variables of the process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the sign-in may know of the terminal that it is for. */
export interface SignInContext {
  readonly options: SignInOptions;
  readonly environment: Environment;
  /** The folder in which the command was called; absolute. */
  readonly workingFolder: string;
  /** The home folder of the user; absolute. */
  readonly homeFolder: string;
  readonly platform: NodeJS.Platform;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Is told each secret before anything else can see it. */
  setSecret(value: string): void;
  /** Is told who signs in as soon as that is known: `Databricks: profile dev, personal access token`. */
  note(text: string): void;
}

/** A command, as far as the sign-in is concerned. */
export interface SignInRequest extends SignInContext {
  /** All inputs of its task, as in task.json: `{ "name": "connection", "type": "connectedService:databricksworkspace" }`. */
  readonly inputs: readonly { readonly name: string; readonly type: string }[];
}

/** Who signs in for a command. */
export interface SignIn {
  /**
   * The inputs that the command line sets by itself: kinds and ids of connections, the workspace, the organization, the
   * project, and the account of a registry. An input for which an option is given keeps the value of the option.
   */
  readonly values: Readonly<Record<string, string>>;
  /**
   * The connection with an id that `values` contains. Nothing is read or run before its properties are used; these throw a
   * SignInRequired when there are no credentials.
   */
  connection(id: string): ServiceConnection | undefined;
  /** Whether credentials were missing or could not be obtained: the exit code is 4 then. */
  readonly isRefused: boolean;
}
