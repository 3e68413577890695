import type { Clock } from '../clock';
import { TaskError } from '../errors';
import type { DetailedHttpClient } from '../http/httpClient';
import type { TokenSource } from '../http/tokenSource';
import { pathOf, type AksCluster } from './aks';
import { finishOperation } from './longRunningOperation';
import { zipFiles } from './zipFiles';

/** What to run inside a cluster. */
export interface ClusterCommand {
  /** For a shell, with kubectl and helm at hand. */
  readonly command: string;
  /** Small texts, by their paths in the folder that it runs in. */
  readonly files: Readonly<Record<string, string>>;
  /** Who runs it in a cluster that knows people by Microsoft Entra ID; see `clusterTokens`. */
  readonly tokens?: TokenSource;
  /** In the words that follow "Could not": `apply the manifests`. */
  readonly purpose: string;
  /** In milliseconds since 1970. */
  readonly deadline: number;
}

interface CommandResult {
  readonly properties?: {
    readonly provisioningState?: string;
    readonly exitCode?: number;
    readonly logs?: string;
    readonly reason?: string;
  };
}

/** A command ran in the cluster, or should have, and failed. */
export class CommandError extends TaskError {
  override readonly name = 'CommandError';

  constructor(
    message: string,
    /** All that it printed. */
    readonly logs: string,
  ) {
    super(message);
  }
}

/**
 * Runs a command in a pod of a cluster, through Azure: the way into a private one from outside its network. Gives what
 * it printed. Throws a CommandError when it can't run, or ends with another exit code than 0. Azure starts a pod for
 * each, which takes 10 s and more.
 */
export async function runCommand(
  arm: DetailedHttpClient,
  cluster: Pick<AksCluster, 'id' | 'name'>,
  { command, files, tokens, purpose, deadline }: ClusterCommand,
  surroundings: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<string> {
  const path = `${pathOf(cluster.id)}/runCommand`;
  const clusterToken = (await tokens?.token(surroundings.signal)) ?? '';
  const secrets = clusterToken === '' ? [] : [clusterToken];
  const query = { 'api-version': '2024-09-01' };
  const request = { method: 'POST', path, query, purpose, secrets } as const;
  const context = zipFiles(files).toString('base64');
  const begun = await arm.answer({ ...request, json: { command, context, clusterToken } });
  const { properties = {} } = await finishOperation<CommandResult>(arm, begun, { ...request, deadline, surroundings });

  const { provisioningState = '', exitCode, logs = '', reason } = properties;
  if (provisioningState === 'Succeeded' && exitCode === 0) return logs;
  const end = exitCode === undefined ? `is ${provisioningState}` : `ended with exit code ${exitCode}`;
  const last = logs.trim().split('\n').at(-1) ?? '';
  const details = [reason, last].filter(Boolean).join(': ');
  throw new CommandError(
    `Could not ${purpose}: the command in the cluster '${cluster.name}' ${end}${details && ` (${details})`}.`,
    logs,
  );
}
