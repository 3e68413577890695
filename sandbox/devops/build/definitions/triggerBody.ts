import { isObject, numberAt, valueAt, type JsonObject } from '../../rest/requestBody';

/** Kinds of triggers by their number: DefinitionTriggerType of the REST API. */
const triggerTypes: Readonly<Record<number, string>> = {
  1: 'none',
  2: 'continuousIntegration',
  4: 'batchedContinuousIntegration',
  8: 'schedule',
  16: 'gatedCheckIn',
  32: 'batchedGatedCheckIn',
  64: 'pullRequest',
  128: 'buildCompletion',
};

/** The triggers of a pipeline, with the kind as a word and with what the service adds. */
export function readTriggers(given: readonly unknown[]): JsonObject[] {
  return given.filter(isObject).map((trigger) => {
    const type = triggerTypeOf(valueAt(trigger, 'triggerType'));
    const rest = Object.fromEntries(Object.entries(trigger).filter(([key]) => key !== 'triggerType'));
    return { ...defaultsOf(type), ...rest, triggerType: type };
  });
}

function triggerTypeOf(given: unknown): string {
  if (typeof given === 'number') return triggerTypes[given] ?? 'none';
  const word = typeof given === 'string' ? given.toLowerCase() : '';
  return Object.values(triggerTypes).find((each) => each.toLowerCase() === word) ?? 'none';
}

function defaultsOf(type: string): JsonObject {
  if (type === 'continuousIntegration')
    return {
      branchFilters: [],
      pathFilters: [],
      settingsSourceType: 1,
      batchChanges: false,
      maxConcurrentBuildsPerBranch: 1,
    };
  return type === 'buildCompletion' ? { requiresSuccessfulBuild: true, branchFilters: [] } : {};
}

/** Whether the file of the pipeline says which pushes start it. */
export const isOfYaml = (trigger: JsonObject): boolean => numberAt(trigger, 'settingsSourceType') === 2;
