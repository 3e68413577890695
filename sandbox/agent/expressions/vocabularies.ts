import { generalFunctions } from './functions';
import type { Arity, Vocabulary } from './parseExpression';

const runtimeNames = ['variables', 'dependencies', 'stageDependencies', 'pipeline', 'resources'];

const statusFunctions: Readonly<Record<string, Arity>> = {
  always: { min: 0, max: 0 },
  canceled: { min: 0, max: 0 },
  failed: { min: 0, max: Infinity },
  succeeded: { min: 0, max: Infinity },
  succeededorfailed: { min: 0, max: Infinity },
};

/** What `condition:` may use. */
export const conditionVocabulary: Vocabulary = {
  names: runtimeNames,
  functions: new Map<string, Arity>([...generalFunctions, ...Object.entries(statusFunctions)]),
};

/** What a `$[ ]` that defines a variable may use. */
export const variableVocabulary: Vocabulary = {
  names: runtimeNames,
  functions: new Map<string, Arity>([...generalFunctions, ['counter', { min: 2, max: 2 }]]),
};
