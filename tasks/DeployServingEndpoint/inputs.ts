import { settingsOf, tagsProblem, variablesIn, variablesProblem } from '../../shared/databricks/serving/describe';
import type { Strategy } from '../../shared/databricks/serving/traffic/shares';
import { endpointSchema } from '../../shared/databricks/specs/endpointSchema';
import type { InputProblem } from '../../shared/errors';
import type { JsonMap } from '../../shared/json';
import { databricksConnection } from '../../shared/task/databricksConnection';
import { choice, document, documentFile, flag, integer, pairs, text } from '../../shared/task/inputs';
import { atMostOneOf } from '../../shared/task/relations';
import { smokeTestInputs, smokeTestProblems, smokeTestRelations } from '../../shared/task/smokeTestInputs';
import type { Values } from '../../shared/task/task';

const when = { action: 'deploy' } as const;

export const inputs = {
  ...databricksConnection,
  action: choice(['deploy', 'promote', 'reject', 'delete'], { required: true, default: 'deploy' }),
  endpointName: text({
    required: true,
    pattern: { matches: /^[\w-]{1,63}$/, rule: 'must have 1 to 63 letters, digits, hyphens and underscores.' },
  }),
  catalogModel: text({
    required: true,
    when,
    pattern: { matches: /^[^./\s]+(\.[^./\s]+){2}$/, rule: 'must be a full name: catalog.schema.model.' },
  }),
  versionSource: choice(['version', 'alias'], { required: true, default: 'version', when }),
  modelVersion: text({
    required: true,
    when: { ...when, versionSource: 'version' },
    pattern: { matches: /^[1-9]\d{0,14}$/, rule: 'must be a version number of the model, such as 3.' },
  }),
  modelAlias: text({
    required: true,
    when: { ...when, versionSource: 'alias' },
    pattern: { matches: /^[\w-]{1,255}$/, rule: 'must consist of letters, digits, _ and -.' },
  }),
  workloadSize: choice(['Small', 'Medium', 'Large'], { when }),
  workloadType: text({
    when,
    pattern: {
      matches: /^[A-Z][A-Z0-9_]{1,62}$/,
      rule: 'must be a workload type of Databricks, such as CPU or GPU_SMALL.',
    },
  }),
  scaleToZero: choice(['true', 'false'], { when }),
  environment: pairs({ when }),
  spec: document({ when, schema: endpointSchema }),
  specFile: documentFile({ when, schema: endpointSchema }),
  strategy: choice(['replace', 'blueGreen', 'canary'], { default: 'replace', when }),
  canaryPercent: integer({ default: 10, min: 1, max: 99, when: { ...when, strategy: 'canary' } }),
  onFailure: choice(['rollback', 'leave', 'delete'], { default: 'rollback', when }),
  adopt: flag({ default: false }),
  ...smokeTestInputs(),
  timeoutMinutes: integer({ default: 60, min: 1, max: 1440 }),
};

export const relations = [atMostOneOf('spec', 'specFile'), ...smokeTestRelations];

export type Given = Values<typeof inputs>;

/** The specification, wherever it is written; empty without one. */
export function specificationOf({ spec, specFile }: Partial<Given>): JsonMap {
  return spec ?? specFile ?? {};
}

/** How the model version is to run. */
export function entitySettings(given: Partial<Given>): JsonMap {
  const { workloadSize, workloadType, scaleToZero, environment } = given;
  const isScaled = scaleToZero === undefined ? undefined : scaleToZero === 'true';
  return settingsOf({ workloadSize, workloadType, scaleToZero: isScaled, environment }, specificationOf(given));
}

export function strategyOf({ strategy, canaryPercent }: Given): Strategy {
  return strategy === 'canary' ? { kind: 'canary', percent: canaryPercent } : { kind: strategy };
}

/** What is wrong with the environment variables and tags; `isSecret` recognizes the secrets of the job. */
export function settingProblems(given: Partial<Given>, isSecret?: (text: string) => boolean): readonly InputProblem[] {
  const problems: InputProblem[] = [];
  const say = (input: string, problem: string | undefined): void => {
    if (problem !== undefined) problems.push({ input, problem });
  };
  const specification = specificationOf(given);
  const written = given.spec ? 'spec' : 'specFile';
  say('environment', variablesProblem(given.environment ?? {}, isSecret));
  say(written, variablesProblem(variablesIn(specification), isSecret));
  say(written, tagsProblem(specification));
  return problems;
}

export function check(given: Partial<Given>, bad: ReadonlySet<string>): readonly InputProblem[] {
  if (given.action !== 'deploy' && given.action !== 'promote') return [];
  const problems = [...smokeTestProblems(given)];
  if (given.action === 'deploy' && !bad.has('spec') && !bad.has('specFile') && !bad.has('environment'))
    problems.push(...settingProblems(given));
  return problems;
}
