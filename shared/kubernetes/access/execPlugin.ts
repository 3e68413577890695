import { execFile, type ExecFileException } from 'node:child_process';
import type { Words } from '../../agent/agent';
import type { Context } from '../../agent/context';
import type { Clock } from '../../clock';
import { TaskError } from '../../errors';
import { readShape, type Read } from '../../http/shape';
import { joined } from '../../sentences';
import type { TokenSource } from '../../http/tokenSource';
import { parsedJson } from '../../json';
import type { IssuedToken } from '../../identity/issuedToken';
import { RenewedTokens } from '../../identity/renewedTokens';
import { namesSecret } from '../../secretNames';
import { credentialShape, type KubeconfigCluster, type KubeconfigExec } from './kubeconfigFields';

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
  for (const secret of secretsGivenTo(exec)) agent.setSecret(secret);
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
      // A program may ignore the usual signal.
      const options = {
        env,
        signal,
        timeout: secondsToAnswer * 1000,
        killSignal: 'SIGKILL',
        windowsHide: true,
      } as const;
      const child = execFile(command, args ?? [], options, (error, stdout, stderr) => {
        if (signal.aborted) reject(signal.reason as Error);
        else if (error)
          // Without the cause: its message is the command line, with all arguments.
          reject(new TaskError(failureOf(command, error, stderr, agent.words)));
        else resolve(stdout);
      });
      // A program that exits without reading its input is not an error.
      child.stdin?.on('error', () => undefined).end();
    });
  }
}

/** The values of arguments (`--client-secret X`, `--client-secret=X`) and of variables whose names are those of secrets. */
function secretsGivenTo({ args, env }: KubeconfigExec): readonly string[] {
  const given = args ?? [];
  const flags = given.map((argument) => /^--?([^=]+)(?:=(.*))?$/s.exec(argument) ?? []);
  const values = flags.flatMap(([, name, value], index) =>
    name !== undefined && namesSecret(name) ? [value ?? given[index + 1]] : [],
  );
  const variables = (env ?? []).flatMap(({ name, value }) => (namesSecret(name) ? [value] : []));
  return [...values, ...variables].filter((value) => value !== undefined);
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
      lifeSeconds: expirationTimestamp ? (Date.parse(expirationTimestamp) - clock.date()) / 1000 : Infinity,
    };
  throw new TaskError(
    clientCertificateData
      ? `${command} returned a client certificate, which is not supported. Configure it to return a token.`
      : `${command} succeeded but returned no token. It must print an ExecCredential with status.token.`,
  );
}

/** Without JSON of that shape there is no token. The output is not quoted: it may be a secret. */
function statusIn(output: string): NonNullable<Read<typeof credentialShape>['status']> {
  const reading = readShape(credentialShape, parsedJson(output));
  return ('value' in reading ? reading.value.status : undefined) ?? {};
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
