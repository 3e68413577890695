import { basename } from 'node:path';
import { CORE_SCHEMA, load, YAMLException } from 'js-yaml';
import type { Context } from '../../agent/context';
import { TaskError } from '../../errors';
import { FileError } from '../../files/fileError';
import { readFileOfMachine } from '../../files/sourceFile';
import { percentDecoded } from '../../percentDecoded';
import type { ServiceCertificates } from '../../http/transport/certificates';
import type { TokenSource } from '../../http/tokenSource';
import { FixedToken } from '../../identity/fixedToken';
import type { ClusterAccess } from '../client/clusterAccess';
import { readShape, type Shape } from '../../http/shape';
import { isObject } from '../../json';
import { readLeniently, reasonOf } from '../../yaml/lenient';
import { execTokens } from './execPlugin';
import {
  clusterShape,
  contextShape,
  kubeconfigShape,
  userShape,
  type Kubeconfig,
  type KubeconfigCluster,
  type KubeconfigExec,
  type KubeconfigUser,
} from './kubeconfigFields';

/** The application of AKS for Microsoft Entra ID, the same in all clouds (kubelogin, `--server-id`). */
export const aksServerId = '6dae42f8-4368-4678-94ff-3960e28e3630';

/**
 * Reads a kubeconfig (https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/): the context with the given name, or
 * its current one, or its only one. Runs no program: a credential plugin runs when a token is needed. Throws a TaskError
 * that says what can't be used, without any value.
 */
export function readKubeconfig(text: string, context: Context, namedContext?: string): ClusterAccess {
  const config = parse(text);
  const contextName = namedContext ?? (config['current-context'] || undefined) ?? theOnly(config.contexts);
  if (contextName === undefined) throw unusable('has no current-context. Name the context to use.');
  const chosen = named('context', contextName, config.contexts, contextShape);
  if (!chosen) throw unusable(`has no context ${contextName}.`);
  const cluster = named('cluster', chosen.cluster, config.clusters, clusterShape);
  if (!cluster?.server) throw unusable(`has no server for the cluster of context ${contextName}.`);
  const user = named('user', chosen.user, config.users, userShape) ?? {};
  const name = chosen.cluster ?? contextName;
  const serverId = azureServerIdOf(user);
  const tokens = tokensOf(user, cluster, name, context);
  return {
    name,
    server: cluster.server,
    tls: { ...serverTls(cluster), ...clientTls(user, context) },
    ...(tokens && { tokens }),
    ...(chosen.namespace && { namespace: chosen.namespace }),
    ...(cluster['proxy-url'] && { proxyUrl: proxyUrlOf(cluster['proxy-url'], context) }),
    ...(serverId !== undefined && { azureServerId: serverId }),
  };
}

function parse(text: string): Kubeconfig {
  let value: unknown;
  try {
    value = readLeniently(text, (yaml) => load(yaml, { schema: CORE_SCHEMA }));
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    throw unusable(`is not valid YAML: ${reasonOf(error)}${error.mark ? ` at line ${error.mark.line + 1}` : ''}.`);
  }
  if (!isObject(value) || !Array.isArray(value['clusters']))
    throw unusable('has no list of clusters. Paste the whole file.');
  return shaped(kubeconfigShape, value, 'another shape');
}

/** The name of the only context. */
function theOnly(entries: Kubeconfig['contexts']): string | undefined {
  const [only, ...more] = entries ?? [];
  return more.length === 0 && isObject(only) && typeof only['name'] === 'string' ? only['name'] : undefined;
}

/** What the entry with a name holds, such as `{name: me, user: {…}}`. */
function named<T>(
  kind: 'context' | 'cluster' | 'user',
  name: string | undefined,
  entries: readonly unknown[] = [],
  shape: Shape<T>,
): T | undefined {
  const found = entries.filter(isObject).find((entry) => entry['name'] === name);
  const value = found?.[kind] ?? undefined;
  return value === undefined ? undefined : shaped(shape, value, `a ${kind} ${name ?? ''} of another shape`);
}

function shaped<T>(shape: Shape<T>, value: unknown, what: string): T {
  const reading = readShape(shape, value);
  if ('problem' in reading) throw unusable(`has ${what}: ${reading.problem}.`);
  return reading.value;
}

function serverTls(cluster: KubeconfigCluster): ServiceCertificates {
  if (cluster['insecure-skip-tls-verify'])
    throw unusable(
      'turns off the verification of the server (insecure-skip-tls-verify), so that the token could be stolen. ' +
        'Add the certificate of its authority instead (certificate-authority-data).',
    );
  const ca = pemOf(cluster, 'certificate-authority');
  const serverName = cluster['tls-server-name'];
  return { ...(ca !== undefined && { ca }), ...(serverName && { serverName }) };
}

function clientTls(user: KubeconfigUser, { agent }: Context): ServiceCertificates {
  const cert = pemOf(user, 'client-certificate');
  const key = pemOf(user, 'client-key');
  if (cert === undefined || key === undefined) return {};
  agent.setSecret(key);
  return { cert, key };
}

/** A PEM text: from the entry itself, in base64, or from a file that it names. */
function pemOf<K extends string>(
  entry: { readonly [Field in K | `${K}-data`]?: string },
  field: K,
): string | undefined {
  const data = entry[`${field}-data`];
  if (data) return Buffer.from(data, 'base64').toString('utf8');
  const file = entry[field];
  return file && readText(file, field);
}

const mostBytes = 1024 * 1024;

function readText(file: string, field: string): string {
  try {
    return readFileOfMachine(file, mostBytes);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw unusable(
      `names a file for ${field} that can't be read: ${error.message} Embed it in the kubeconfig (kubectl config view --flatten).`,
    );
  }
}

/** In the order of kubectl: a token in the file comes before a program. */
function tokensOf(
  user: KubeconfigUser,
  cluster: KubeconfigCluster,
  name: string,
  context: Context,
): TokenSource | undefined {
  if (user.username !== undefined)
    throw unusable('signs in with a user name and password, which clusters no longer accept.');
  const token = (user.token ?? (user.tokenFile && readText(user.tokenFile, 'tokenFile')))?.trim();
  if (token) return new FixedToken(`the token of the kubeconfig for ${name}`, token, context.agent);
  return user.exec && execTokens(user.exec, cluster, name, context);
}

/** The application that tokens are issued for, where a user signs in with Microsoft Entra ID. */
function azureServerIdOf({ exec, 'auth-provider': provider }: KubeconfigUser): string | undefined {
  if (provider?.name === 'azure') return provider.config?.['apiserver-id'] ?? aksServerId;
  if (!exec || !/^kubelogin(\.exe)?$/i.test(basename(exec.command.replaceAll('\\', '/')))) return undefined;
  if (exec.args?.includes('--legacy'))
    throw unusable(
      'uses the legacy Entra integration of AKS (--legacy), which Microsoft has retired. Migrate the cluster to AKS-managed Microsoft Entra ID.',
    );
  return argument(exec, '--server-id') ?? aksServerId;
}

function argument(exec: KubeconfigExec, name: string): string | undefined {
  const args = exec.args ?? [];
  const joined = args.find((arg) => arg.startsWith(`${name}=`))?.slice(name.length + 1);
  return joined ?? args[args.indexOf(name) + 1 || args.length];
}

function proxyUrlOf(text: string, { agent }: Context): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw unusable('names a proxy (proxy-url) that uses neither http nor https. Only those are supported.');
  if (url.password) agent.setSecret(percentDecoded(url.password));
  return text;
}

function unusable(problem: string): TaskError {
  return new TaskError(`The kubeconfig ${problem}`);
}
