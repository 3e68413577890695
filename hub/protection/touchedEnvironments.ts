import { resolveVariables } from '../../shared/variables/resolveVariables';
import { isSame, type Plain } from '../../shared/variables/tree';
import { readVariableFile, type VariableFile } from '../../shared/variables/variableFile';
import { isForPipelines, type SharedVariables } from '../variables/checkModel';
import { pagePatterns } from '../variables/pagePatterns';

/**
 * The protected environments in which some variable gets another value: by a change in the environment itself, or by one for
 * all environments that it inherits.
 * @param before undefined for a new model
 */
export function touchedEnvironments(
  before: string | undefined,
  after: string,
  shared: SharedVariables,
  environments: readonly string[],
): readonly string[] {
  const old = before === undefined ? undefined : fileOf(before);
  const fresh = fileOf(after);
  return environments.filter((name) => {
    const [was, is] = [outcomeOf(old, shared, name), outcomeOf(fresh, shared, name)];
    return (was.isDefined || is.isDefined) && !isSame(was.values, is.values);
  });
}

/**
 * The protected environments of a model in which another text of the base variables or the schema changes a value, or makes
 * one invalid.
 * @param text of the model; undefined for what a pipeline without a model of the hub loads
 */
export function touchedByShared(
  text: string | undefined,
  before: SharedVariables,
  after: SharedVariables,
  environments: readonly string[],
): readonly string[] {
  const file = text === undefined ? undefined : fileOf(text);
  return environments.filter((name) => {
    const [was, is] = [outcomeOf(file, before, name), outcomeOf(file, after, name)];
    if (!was.isDefined && !is.isDefined) return false;
    return !isSame(was.values, is.values) || is.problems.some((problem) => !was.problems.includes(problem));
  });
}

/** What is loaded for an environment. */
interface Outcome {
  /** Whether a text defines the environment: else it cannot be loaded. */
  readonly isDefined: boolean;
  readonly values: Plain;
  /** What a pipeline would refuse. */
  readonly problems: readonly string[];
}

function outcomeOf(file: VariableFile | undefined, { base, schema }: SharedVariables, name: string): Outcome {
  const isDefined = file?.environments.has(name) === true || base?.environments.has(name) === true;
  const problems: string[] = [];
  const { values } = resolveVariables(
    {
      hubBase: base,
      hubModel: file,
      schema,
      patterns: pagePatterns,
      ...(isDefined && { environment: { name, origin: { source: 'hub' } } }),
    },
    (_, message, kind) => {
      if (!isForPipelines(kind)) problems.push(message);
    },
  );
  return { isDefined, values, problems };
}

function fileOf(text: string): VariableFile | undefined {
  return readVariableFile(text, 'hub', () => undefined);
}
