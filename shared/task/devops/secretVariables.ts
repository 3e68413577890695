import type { InputProblem } from '../../errors';
import type { Json } from '../../json';

/** The names of secrets: the pipeline or variable group, and its variable. */
export const secretVariableName = {
  matches: /^[^/]+\/[^/]+$/,
  rule: 'must be the name of a pipeline or variable group and that of its variable, such as churn-ci/API_TOKEN.',
};

/** The values that are texts, numbers or booleans; `secretVariableProblems` refuses others. */
export function secretVariables(values: Readonly<Record<string, Json>> = {}): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(values).flatMap(([name, value]) => (typeof value === 'object' ? [] : [[name, String(value)]])),
  );
}

/** What is wrong with the values of the input `secretVariables`. */
export function secretVariableProblems(values: Readonly<Record<string, Json>> = {}): readonly InputProblem[] {
  const texts = secretVariables(values);
  const undefinedNames = [...texts].filter(([, text]) => /^\$\([^()]+\)$/.test(text)).map(([name]) => name);
  const nested = Object.keys(values).filter((name) => !texts.has(name));
  const problems = [
    ...(undefinedNames.length === 0
      ? []
      : [
          `names a variable of the pipeline that is not defined, for ${undefinedNames.join(', ')}. Define it as a secret.`,
        ]),
    ...(nested.length === 0 ? [] : [`must have single values; ${nested.join(', ')} is a list, a map or null.`]),
  ];
  return problems.map((problem) => ({ input: 'secretVariables', problem }));
}
