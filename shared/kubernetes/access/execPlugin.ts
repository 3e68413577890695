import { execFile, type ExecFileException } from 'node:child_process';
import type { Words } from '../../agent/agent';
import type { Context } from '../../agent/context';
import type { Clock } from '../../clock';
import { TaskError } from '../../errors';
import { joined } from '../../http/sentences';
import type { TokenSource } from '../../http/tokenSource';
import type { IssuedToken } from '../../identity/issuedToken';
import { RenewedTokens } from '../../identity/renewedTokens';
import type { KubeconfigCluster, KubeconfigExec } from './kubeconfigFields';

/** What a plugin writes to its output. */
interface ExecCredential {
  readonly status?: {
    readonly token?: string;
    readonly expirationTimestamp?: string;
    readonly clientCertificateData?: string;
  };
}

/** A program that prompts for input would never end. */
const secondsToAnswer = 60;
const maxStderrCharacters = 2000;

/**
 * Tokens from a credential plugin: a program that runs without a shell and without input when a token is needed, and
 * again before the token expires or when the cluster refuses it. Throws a TaskError when the plugin can't run here.
 */
export function execTokens(
  exec: KubeconfigExec,
  cluster: KubeconfigCluster,
  clusterName: string,
  { agent, clock, signal }: Context,
): TokenSource {
  if (exec.interactiveMode === 'Always')
    throw new TaskError(
      `The kubeconfig signs in with ${exec.command}, which needs interactive input. No input is available here.`,
    );
  for (const { name, value } of exec.env ?? []) if (/secret|password|token|key/i.test(name)) agent.setSecret(value);
  return new RenewedTokens({
    identity: () => `the user of ${exec.command} for ${clusterName}`,
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
        else if (error) reject(new TaskError(failureOf(command, error, stderr, agent.words), { cause: error }));
        else resolve(stdout);
      });
      // A program that exits without reading its input is not an error.
      child.stdin?.on('error', () => undefined).end();
    });
  }
}

/** The cluster as a plugin receives it when it asks for it (`provideClusterInfo`). */
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
      // Without a time the token is valid until the cluster refuses it.
      lifeSeconds: expirationTimestamp ? (Date.parse(expirationTimestamp) - clock.now()) / 1000 : Infinity,
    };
  throw new TaskError(
    clientCertificateData
      ? `${command} returned a client certificate, which is not supported. Configure it to return a token.`
      : `${command} succeeded but returned no token. It must print an ExecCredential with status.token.`,
  );
}

function statusIn(output: string): ExecCredential['status'] & object {
  try {
    return (JSON.parse(output) as ExecCredential | null)?.status ?? {};
  } catch {
    return {}; // Without JSON there is no token. The output is not quoted: it may be a secret.
  }
}

function failureOf(command: string, error: ExecFileException, stderr: string, words: Words): string {
  const name = `The program ${command}, with which the kubeconfig signs in,`;
  if (error.code === 'ENOENT')
    return (
      `${name} is not installed on ${words.thisMachine}. For AKS, use an Azure Resource Manager connection, which needs no such program. ` +
      'Otherwise install the program, or use the token of a service account.'
    );
  const lastOutput = stderr.trim().slice(-maxStderrCharacters);
  const end = error.killed
    ? `did not end within ${secondsToAnswer} s. It may be waiting for input.`
    : `failed (${error.code ?? error.signal ?? 'no exit code'}).`;
  return joined(name, end, lastOutput && `Its error output: ${lastOutput}`);
}
