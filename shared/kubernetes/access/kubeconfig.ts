import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { CORE_SCHEMA, load, YAMLException } from 'js-yaml';
import type { Context } from '../../agent/context';
import { messageOf, TaskError } from '../../errors';
import type { ServiceCertificates } from '../../http/transport/certificates';
import type { TokenSource } from '../../http/tokenSource';
import { FixedToken } from '../../identity/fixedToken';
import type { ClusterAccess } from '../client/clusterAccess';
import { readLeniently } from '../../yaml/lenient';
import { execTokens } from './execPlugin';
import type { Kubeconfig, KubeconfigCluster, KubeconfigExec, KubeconfigUser } from './kubeconfigFields';

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
  const chosen = named(config.contexts, contextName)?.context;
  if (!chosen) throw unusable(`has no context ${contextName}.`);
  const cluster = named(config.clusters, chosen.cluster)?.cluster;
  if (!cluster?.server) throw unusable(`has no server for the cluster of context ${contextName}.`);
  const user = named(config.users, chosen.user)?.user ?? {};
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
    // Its message quotes the text, which holds secrets.
    throw unusable(`is not valid YAML: ${error.reason}${error.mark ? ` at line ${error.mark.line + 1}` : ''}.`);
  }
  if (!isKubeconfig(value)) throw unusable('has no list of clusters. Paste the whole file.');
  return value;
}

function isKubeconfig(value: unknown): value is Kubeconfig {
  return typeof value === 'object' && value !== null && 'clusters' in value && Array.isArray(value.clusters);
}

function theOnly(entries: Kubeconfig['contexts']): string | undefined {
  return entries?.length === 1 ? entries[0]?.name : undefined;
}

function named<T extends { readonly name: string }>(
  entries: readonly T[] | undefined,
  name: string | undefined,
): T | undefined {
  return entries?.find((entry) => entry.name === name);
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
  // The agent masks single lines only.
  for (const line of key.split(/\s*\n\s*/)) if (line && !line.startsWith('-----')) agent.setSecret(line);
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

function readText(file: string, field: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw unusable(
      `names a file for ${field} that can't be read: ${messageOf(error)}. Embed it in the kubeconfig (kubectl config view --flatten).`,
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
  if (url.password) agent.setSecret(decodeURIComponent(url.password));
  return text;
}

function unusable(problem: string): TaskError {
  return new TaskError(`The kubeconfig ${problem}`);
}
