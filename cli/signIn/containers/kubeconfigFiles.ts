import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { CORE_SCHEMA, load, YAMLException } from 'js-yaml';
import { FileError } from '../../../shared/files/fileError';
import { readFileOfMachine } from '../../../shared/files/sourceFile';
import { isObject } from '../../../shared/json';
import { readLeniently, reasonOf } from '../../../shared/yaml/lenient';
import type { SignInContext } from '../request';
import { SignInRequired } from '../signInRequired';

type Place = Pick<SignInContext, 'options' | 'environment' | 'homeFolder' | 'workingFolder'>;
type Fields = Readonly<Record<string, unknown>>;

const mostBytes = 4 * 1024 * 1024;
const lists = ['clusters', 'contexts', 'users'] as const;

/**
 * The kubeconfig of kubectl as one text: of the option, else of all files in KUBECONFIG, else `~/.kube/config`. Of several
 * files the first that sets a value or has an entry of a name is used, those that do not exist are left out, and paths are
 * relative to their file (https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/).
 * Throws a SignInRequired.
 */
export function kubeconfigText({ options, environment, homeFolder, workingFolder }: Place): string {
  const named =
    options.kubeconfig === undefined ? (environment.KUBECONFIG ?? '').split(delimiter) : [options.kubeconfig];
  const given = named.filter((file) => file !== '').map((file) => resolve(workingFolder, file));
  const files = given.length > 0 ? given : [join(homeFolder, '.kube', 'config')];
  const configs = files.map(read).filter((config) => config !== undefined);
  if (configs.length === 0)
    throw new SignInRequired(
      `There is no kubeconfig: ${files.map((file) => `'${file}'`).join(' and ')} ${files.length > 1 ? 'do' : 'does'} not exist. Run az aks get-credentials, or name the file with --kubeconfig.`,
    );
  const merged = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': configs.map((config) => config['current-context']).find(Boolean),
    ...Object.fromEntries(lists.map((list) => [list, configs.flatMap((config) => entriesOf(config, list))])),
  };
  return JSON.stringify(merged);
}

/** The file with absolute paths; undefined where it does not exist. */
function read(file: string): Fields | undefined {
  try {
    const value = readLeniently(readFileOfMachine(file, mostBytes), (yaml) => load(yaml, { schema: CORE_SCHEMA }));
    return isObject(value) ? withAbsolutePaths(value, dirname(file)) : {};
  } catch (error) {
    if (error instanceof FileError && error.isMissing) return undefined;
    if (error instanceof FileError) throw new SignInRequired(`The kubeconfig ${error.message}`, { cause: error });
    if (error instanceof YAMLException)
      throw new SignInRequired(`The kubeconfig '${file}' is not valid YAML: ${reasonOf(error)}.`);
    throw error;
  }
}

function withAbsolutePaths(config: Fields, folder: string): Fields {
  return {
    ...config,
    clusters: entriesOf(config, 'clusters').map((entry) =>
      inEntry(entry, 'cluster', ['certificate-authority'], folder),
    ),
    users: entriesOf(config, 'users').map((entry) =>
      inEntry(entry, 'user', ['client-certificate', 'client-key', 'tokenFile'], folder),
    ),
  };
}

function inEntry(entry: Fields, kind: string, names: readonly string[], folder: string): Fields {
  const fields = entry[kind];
  if (!isObject(fields)) return entry;
  const paths = names.flatMap((name) => {
    const path = fields[name];
    return typeof path === 'string' && path !== ''
      ? [[name, isAbsolute(path) ? path : resolve(folder, path)] as const]
      : [];
  });
  const { exec } = fields;
  // A command with a folder is relative to the file, one without is found in PATH.
  const command = isObject(exec) && typeof exec.command === 'string' ? exec.command : '';
  const program =
    /[/\\]/.test(command) && isObject(exec) ? { exec: { ...exec, command: resolve(folder, command) } } : {};
  return { ...entry, [kind]: { ...fields, ...Object.fromEntries(paths), ...program } };
}

function entriesOf(config: Fields, list: (typeof lists)[number]): readonly Fields[] {
  const entries = config[list];
  return Array.isArray(entries) ? entries.filter(isObject) : [];
}
