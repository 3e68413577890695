import { execFile, type ExecFileException } from 'node:child_process';
import type { Agent } from '../../agent/agent';
import type { Clock } from '../../clock';
import { TaskError } from '../../errors';
import { joined } from '../../http/sentences';
import type { TokenSource } from '../../http/tokenSource';
import type { IssuedToken } from '../../identity/issuedToken';
import { RenewedTokens } from '../../identity/renewedTokens';
import type { KubeconfigCluster, KubeconfigExec } from './kubeconfigFields';

/** What running a credential plugin needs. */
export interface ExecSurroundings {
  readonly agent: Pick<Agent, 'setSecret' | 'debug' | 'programEnvironment' | 'words'>;
  readonly clock: Clock;
  /** Ends the program at once. */
  readonly signal: AbortSignal;
}

/** What a plugin writes to its output. */
interface ExecCredential {
  readonly status?: {
    readonly token?: string;
    readonly expirationTimestamp?: string;
    readonly clientCertificateData?: string;
  };
}

/** A program that asks a person something would wait for ever. */
const secondsToAnswer = 60;
const longestComplaint = 2000;

/**
 * Tokens from a credential plugin: a program that is run without a shell, without input, when a token is needed, and
 * again before it expires or when the cluster refuses it. Throws a TaskError when the plugin can't be run here.
 */
export function execTokens(
  exec: KubeconfigExec,
  cluster: KubeconfigCluster,
  clusterName: string,
  { agent, clock, signal }: ExecSurroundings,
): TokenSource {
  if (exec.interactiveMode === 'Always')
    throw new TaskError(`The kubeconfig signs in by ${exec.command}, which has to ask a person: a pipeline has none.`);
  for (const { name, value } of exec.env ?? []) if (/secret|password|token|key/i.test(name)) agent.setSecret(value);
  return new RenewedTokens({
    identity: () => `the user that ${exec.command} signs in to ${clusterName}`,
    issue: async () => issuedToken(exec, await run(exec, environment()), clock),
    agent,
    clock,
  });

  function environment(): Record<string, string> {
    const info = {
      apiVersion: exec.apiVersion,
      kind: 'ExecCredential',
      spec: { interactive: false, ...(exec.provideClusterInfo && { cluster: clusterInfo(cluster) }) },
    };
    return {
      ...agent.programEnvironment,
      ...Object.fromEntries((exec.env ?? []).map(({ name, value }) => [name, value])),
      KUBERNETES_EXEC_INFO: JSON.stringify(info),
    };
  }

  function run({ command, args }: KubeconfigExec, env: Record<string, string>): Promise<string> {
    return new Promise((resolve, reject) => {
      const options = { env, signal, timeout: secondsToAnswer * 1000, windowsHide: true };
      const child = execFile(command, args ?? [], options, (error, stdout, stderr) => {
        if (signal.aborted) reject(signal.reason as Error);
        else if (error) reject(new TaskError(failureOf(command, error, stderr), { cause: error }));
        else resolve(stdout);
      });
      // A program that ends without reading is no fault.
      child.stdin?.on('error', () => undefined).end();
    });
  }
}

/** As the plugin gets it where it asks for it (`provideClusterInfo`). */
function clusterInfo(cluster: KubeconfigCluster): object {
  const { server, 'tls-server-name': serverName, 'certificate-authority-data': ca, 'proxy-url': proxy } = cluster;
  return {
    server,
    'tls-server-name': serverName,
    'certificate-authority-data': ca,
    'proxy-url': proxy,
  };
}

function issuedToken({ command }: KubeconfigExec, output: string, clock: Clock): IssuedToken {
  const { token, expirationTimestamp, clientCertificateData } = statusIn(output);
  if (token)
    return {
      token,
      // Without a time it is good until the cluster refuses it.
      lifeSeconds: expirationTimestamp ? (Date.parse(expirationTimestamp) - clock.now()) / 1000 : Infinity,
    };
  throw new TaskError(
    clientCertificateData
      ? `${command} gives a client certificate, which is not supported: have it give a token.`
      : `${command} ended well but gave no token: it should print an ExecCredential with status.token.`,
  );
}

function statusIn(output: string): ExecCredential['status'] & object {
  try {
    return (JSON.parse(output) as ExecCredential | null)?.status ?? {};
  } catch {
    return {}; // No JSON is no token; what was printed may be a secret.
  }
}

function failureOf(command: string, error: ExecFileException, stderr: string): string {
  const name = `The program ${command}, by which the kubeconfig signs in,`;
  if (error.code === 'ENOENT')
    return (
      `${name} is not on the agent. For AKS use an Azure Resource Manager connection, which needs no such program; ` +
      'else install it, or use a service account token.'
    );
  const complaint = stderr.trim().slice(-longestComplaint);
  const end = error.killed
    ? `did not end within ${secondsToAnswer} s: perhaps it waits for a person.`
    : `failed (${error.code ?? error.signal ?? 'no exit code'}).`;
  return joined(name, end, complaint && `It says: ${complaint}`);
}
