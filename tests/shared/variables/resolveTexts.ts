import { TimedPatterns } from '../../../shared/timedPatterns';
import { originText, type Report } from '../../../shared/variables/origin';
import { outputVariables } from '../../../shared/variables/outputVariables';
import { resolveVariables } from '../../../shared/variables/resolveVariables';
import type { Plain } from '../../../shared/variables/tree';
import { readVariableFile } from '../../../shared/variables/variableFile';
import { readVariableSchema } from '../../../shared/variables/schema/variableSchema';

/** The texts of the sources, as a step would read them. */
export interface Texts {
  readonly base?: string;
  readonly model?: string;
  readonly environment?: string;
  readonly overrides?: Readonly<Record<string, unknown>>;
  /** What the team's schema has in `definitions.variables`. */
  readonly schema?: { readonly properties?: object; readonly [keyword: string]: unknown };
  readonly prefix?: string;
}

export interface Outcome {
  readonly values: Plain;
  readonly outputs: Readonly<Record<string, string>>;
  /** By name, such as `training.epochs`: where the value was written, then where those were that it replaced. */
  readonly origins: Readonly<Record<string, readonly string[]>>;
  readonly problems: readonly string[];
}

/** Nothing is mandatory here, so that a test names only what it is about. */
const free = { modelName: { mandatory: false }, modelVersion: { mandatory: false } };

/** Reads and resolves `base.yml` and `model.yml`. */
export function resolveTexts({ base, model, schema, prefix, environment, overrides }: Texts): Outcome {
  const problems: string[] = [];
  const report: Report = (origin, message) => void problems.push(`${originText(origin)}: ${message}`);
  const document = { definitions: { variables: { ...schema, properties: { ...free, ...schema?.properties } } } };
  const { variables, values } = resolveVariables(
    {
      base: base === undefined ? undefined : readVariableFile(base, 'base.yml', report),
      model: model === undefined ? undefined : readVariableFile(model, 'model.yml', report),
      schema: readVariableSchema(JSON.stringify(document), 'schema', report) ?? { origin: { source: 'schema' } },
      environment:
        environment === undefined ? undefined : { name: environment, origin: { source: "input 'environment'" } },
      patterns: new TimedPatterns(),
      overrides: overrides && { values: overrides, origin: { source: "input 'overrides'" } },
    },
    report,
  );
  const outputs = outputVariables(variables, { prefix, taken: ['resolvedFile'] }, report);
  return {
    values,
    outputs: Object.fromEntries(outputs.map(({ name, value }) => [name, value])),
    origins: Object.fromEntries(
      variables.map(({ path, origin, overridden }) => [path.join('.'), [origin, ...overridden].map(originText)]),
    ),
    problems,
  };
}
