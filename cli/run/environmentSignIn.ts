import type { ServiceConnection } from '../../shared/agent/agent';
import type { Clock } from '../../shared/clock';

export interface SignInOptions {
  readonly profile?: string;
  readonly host?: string;
  readonly azure?: boolean;
  readonly subscription?: string;
  readonly tenant?: string;
  readonly workspaceUrl?: string;
  readonly registry?: string;
  readonly kubeconfig?: string;
  readonly kubeContext?: string;
  readonly organization?: string;
  readonly project?: string;
  readonly importConnection?: string;
}

export interface SignInRequest {
  readonly inputs: readonly { readonly name: string; readonly type: string }[];
  readonly options: SignInOptions;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingFolder: string;
  readonly homeFolder: string;
  readonly platform: NodeJS.Platform;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  setSecret(value: string): void;
  note(text: string): void;
}

export interface SignIn {
  readonly values: Readonly<Record<string, string>>;
  connection(id: string): ServiceConnection | undefined;
  readonly isRefused: boolean;
}

/** Signs in to Databricks with DATABRICKS_HOST and DATABRICKS_TOKEN. */
export function environmentSignIn({ inputs, environment, setSecret, options }: SignInRequest): SignIn {
  const isUsed = inputs.some(({ type }) => type === 'connectedService:databricksworkspace');
  const token = environment['DATABRICKS_TOKEN'];
  const url = options.host ?? environment['DATABRICKS_HOST'];
  if (!isUsed || token === undefined || url === undefined)
    return { values: {}, connection: () => undefined, isRefused: false };
  setSecret(token);
  const connection: ServiceConnection = {
    id: 'environment',
    url,
    scheme: 'Token',
    authorization: (parameter) => (parameter === 'apitoken' ? token : undefined),
    data: () => undefined,
  };
  return {
    values: { connectionType: 'databricks', connection: connection.id },
    connection: (id) => (id === connection.id ? connection : undefined),
    isRefused: false,
  };
}
