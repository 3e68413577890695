import type { Context } from '../../agent/context';
import { errorAt, type DocumentPath, type Finding } from '../../finding';
import type { Definition } from '../api/pipelines/build';
import { keyOf } from '../variableGroups/document';
import { variableNames } from './compareDefinition';
import { variableOf, type PipelineEntry } from './document';
import type { WantedPipeline, WantedPipelines } from './wanted';

function secretKey(pipeline: string, variable: string): string {
  return `${keyOf(pipeline)}/${keyOf(variable)}`;
}

/** The values that are given for the variables of one pipeline. */
export function secretsOf({ name, variables = {} }: PipelineEntry, all: ReadonlyMap<string, string>) {
  const given = new Map([...all].map(([key, value]) => [keyOf(key), value]));
  return new Map(
    Object.keys(variables).flatMap((variable) => {
      const value = given.get(secretKey(name, variable));
      return value === undefined ? [] : [[keyOf(variable), value] as const];
    }),
  );
}

/** The keys under which values of secrets of the pipelines can be given, in lower case: `churn-ci/api_token`. */
export function secretKeysOf(pipelines: readonly PipelineEntry[]): ReadonlySet<string> {
  return new Set(
    pipelines.flatMap(({ name, variables = {} }) =>
      Object.entries(variables).flatMap(([variable, item]) =>
        variableOf(item).isSecret === true ? [secretKey(name, variable)] : [],
      ),
    ),
  );
}

/** Secrets that the document holds itself, that it does not name, and that are given without a value. */
export function secretFindings(
  { pipelines, secrets }: WantedPipelines,
  at: DocumentPath,
  { agent }: Context,
): readonly Finding[] {
  const held =
    'contains the value of a secret, which everybody who can read the document can read. Remove it, change the secret, and write isSecret: true for a variable that holds it.';
  const known = secretKeysOf(pipelines);
  return [
    ...pipelines.flatMap(({ variables = {} }, index) =>
      Object.entries(variables).flatMap(([name, item]) => {
        const text = String(variableOf(item).value ?? '');
        return text.length >= shortestSecret && agent.holdsSecret(text)
          ? [errorAt([...at, index, 'variables', name], held)]
          : [];
      }),
    ),
    ...[...secrets].flatMap(([key, value]) => {
      if (!known.has(keyOf(key))) return [errorAt(at, `has no secret variable '${key}', for which a value is given.`)];
      return value === '' ? [errorAt(at, `has the secret variable '${key}', whose given value is empty.`)] : [];
    }),
  ];
}

const shortestSecret = 6;

/** Secrets that do not exist and have no value. */
export function missingSecrets(
  { entry, path, secrets }: WantedPipeline,
  found: Definition | undefined,
): readonly Finding[] {
  const existing = new Set(found ? variableNames(found.whole).map(keyOf) : []);
  return Object.entries(entry.variables ?? {}).flatMap(([name, item]) =>
    variableOf(item).isSecret !== true || secrets.has(keyOf(name)) || existing.has(keyOf(name))
      ? []
      : [
          errorAt(
            [...path, 'variables', name],
            `is a secret that does not exist yet, and has no value: give it among the secret variables, as '${entry.name}/${name}'.`,
          ),
        ],
  );
}
