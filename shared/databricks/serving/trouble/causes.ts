/** What the messages and logs of a failed deployment mean, in the words of who trains the model. */
interface KnownCause {
  /** Matches the state message of the entity, or a line of the log; its named groups can stand in braces in the texts. */
  readonly matches: RegExp;
  readonly cause: string;
  readonly advice: string;
  /** Where the message comes from. */
  readonly source: string;
}

const debug = 'https://docs.databricks.com/machine-learning/model-serving/model-serving-debug';
const limits = 'https://docs.databricks.com/machine-learning/model-serving/model-serving-limits';
const creators = 'https://docs.databricks.com/machine-learning/model-serving/create-manage-serving-endpoints';
const pip = 'https://github.com/pypa/pip/blob/main/src/pip/_internal/resolution/resolvelib/factory.py';
const python = 'https://docs.python.org/3/library/exceptions.html';
const logIt = 'Log the model with the right pip_requirements, and register it again.';

/** Of the message of the entity, whatever its logs say. */
export const creatorCauses: readonly KnownCause[] = [
  {
    matches: /PERMISSION_DENIED|does not have (?:EXECUTE|USE|permission)/i,
    cause: 'The creator of the endpoint, {creator}, is not allowed to read {model}',
    advice:
      'Databricks loads models with the permissions of the identity that created the endpoint. Grant it EXECUTE on the model, USE CATALOG and USE SCHEMA; or delete the endpoint and deploy again as an identity that has them.',
    source: creators,
  },
];

/** Of the message of the entity, where its logs do not tell more. */
export const messageCauses: readonly KnownCause[] = [
  {
    matches: /resource did not become available|capacity|quota|stockout|insufficient/i,
    cause: 'Databricks has no capacity for the container of {it} at present',
    advice: 'Run the step again later, or choose a smaller workload size or another workload type.',
    source: limits,
  },
  {
    matches: /update timed out|timed out/i,
    cause: 'The container of {it} did not become ready in the time that Databricks allows',
    advice: 'The model may take too long to load, or wait for a service that it cannot reach. See its server log.',
    source: debug,
  },
  {
    matches: /update was cancell?ed/i,
    cause: 'Somebody stopped the update of the endpoint in Databricks while {it} was deployed',
    advice: 'Run the step again.',
    source: creators,
  },
];

/** Of the build log, when the container image could not be created. */
export const buildCauses: readonly KnownCause[] = [
  {
    matches: /No matching distribution found for (?<package>[^\s]+)/,
    cause: 'The environment of {it} could not be installed: no version of the package {package} fits',
    advice: `Check its name and version, and the Python version of the model. ${logIt}`,
    source: pip,
  },
  {
    matches: /(?:ResolutionImpossible|conflicting dependencies|incompatible packages)/i,
    cause: 'The environment of {it} could not be installed: the versions of its packages conflict',
    advice: logIt,
    source: pip,
  },
  {
    matches: /No space left on device|disk quota exceeded/i,
    cause: 'The container image of {it} is too large',
    advice: 'Log the model with fewer packages or smaller artifacts, and register it again.',
    source: limits,
  },
];

/** Of the server log, when the container ends or does not become ready. */
export const serverCauses: readonly KnownCause[] = [
  {
    matches: /ModuleNotFoundError: No module named '(?<module>[^']+)'/,
    cause: "{it} cannot be loaded: the Python module '{module}' is missing in its environment",
    advice:
      'Log the model with the package in pip_requirements, or with your own module in code_paths, and register it again.',
    source: python,
  },
  {
    matches: /ImportError: (?<reason>.+)/,
    cause: '{it} cannot be loaded: an import fails ({reason})',
    advice: logIt,
    source: python,
  },
  {
    matches: /MemoryError|out of memory|OOM|Killed|signal 9/,
    cause: '{it} needs more memory than its container has',
    advice: 'Choose a workload type with more memory, such as CPU_MEDIUM or CPU_LARGE.',
    source: limits,
  },
  {
    matches: /^(?<reason>\w*(?:Error|Exception): .+)$/m,
    cause: '{it} cannot be loaded: {reason}',
    advice: 'Load it in a notebook with mlflow.pyfunc.load_model, and predict a sample there.',
    source: debug,
  },
];

/** The cause and the advice of the first that matches. */
export function findCause(
  causes: readonly KnownCause[],
  text: string,
  known: Readonly<Record<string, string>>,
): { readonly cause: string; readonly advice: string } | undefined {
  for (const { matches, cause, advice } of causes) {
    const match = matches.exec(text);
    if (!match) continue;
    const values: Readonly<Record<string, string | undefined>> = { ...known, ...match.groups };
    const filled = cause.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
    return { cause: `${filled.charAt(0).toUpperCase()}${filled.slice(1)}.`, advice };
  }
  return undefined;
}
