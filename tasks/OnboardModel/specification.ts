import { dirname } from 'node:path';
import { onboardingSchema, type OnboardingDocument } from '../../shared/devops/onboarding/document';
import type { PlanError } from '../../shared/devops/onboarding/planOnboarding';
import { renderDocument } from '../../shared/devops/onboarding/renderDocument';
import { InputError, TaskError, type InputProblem } from '../../shared/errors';
import type { Finding } from '../../shared/finding';
import { stringifyJson, type Json } from '../../shared/json';
import { documentProblem } from '../../shared/task/checkDocument';
import { sourceOfDocument } from '../../shared/task/document';

type Fields = Readonly<Record<string, Json>>;

/** The inputs that a specification is made of. */
export interface SpecificationInputs {
  readonly specification?: Fields | undefined;
  readonly specificationFile?: Fields | undefined;
  readonly variables?: Fields | undefined;
}

/** A specification whose tokens are replaced. */
export interface Specification {
  readonly document: OnboardingDocument;
  readonly variables: ReadonlyMap<string, string>;
  /** The folder of its file; undefined for one that is written in the pipeline. */
  readonly folder: string | undefined;
  /** What is wrong with it, each with its line; the problems have none. */
  explain(findings: readonly Finding[], problems?: readonly string[], options?: ErrorOptions): TaskError;
}

/** What is wrong with a specification, before any call: with its tokens, its form, and names that Azure DevOps refuses. */
export function specificationProblems(inputs: SpecificationInputs): readonly InputProblem[] {
  const lists = Object.entries(inputs.variables ?? {}).filter(([, value]) => typeof value === 'object');
  if (lists.length > 0)
    return [
      {
        input: 'variables',
        problem: `must have single values; ${lists.map(([name]) => name).join(', ')} is a list, a map or null.`,
      },
    ];
  const given = inputs.specification ?? inputs.specificationFile;
  if (!given) return [];
  const { findings } = read(given, inputs);
  const errors = findings.filter(({ severity }) => severity === 'error');
  return errors.length === 0 ? [] : [{ input: inputOf(inputs), problem: problemOf(given, errors) }];
}

/** The specification that `specificationProblems` finds nothing wrong with. */
export function specificationOf(inputs: SpecificationInputs): Specification {
  const given = inputs.specification ?? inputs.specificationFile ?? {};
  const { document, variables, sourceOf } = read(given, inputs);
  const file = sourceOfDocument(given)?.file;
  return {
    document: document as unknown as OnboardingDocument,
    variables,
    folder: file === undefined ? undefined : dirname(file),
    explain(findings, problems = [], options) {
      if (findings.length === 0) return new TaskError(problems.join('\n'), options);
      const located = findings.map((finding) => ({ ...finding, path: sourceOf(finding.path) }));
      const error = new InputError([{ input: inputOf(inputs), problem: problemOf(given, located) }]);
      return problems.length === 0 ? error : new TaskError([error.message, ...problems].join('\n'), options);
    },
  };
}

/** A PlanError with the lines of the specification. */
export function explained(specification: Specification, { findings, problems, cause }: PlanError): TaskError {
  return specification.explain(findings, problems, { cause });
}

function read(given: Fields, { variables = {} }: SpecificationInputs) {
  const values = new Map(
    Object.entries(variables).map(([name, value]) => [name, typeof value === 'string' ? value : stringifyJson(value)]),
  );
  const { model } = renderDocument({ model: given['model'] ?? null }, values).document as { readonly model: Json };
  const named = values.get('model');
  if (typeof model === 'string') values.set('model', model);
  const rendered = renderDocument(given, values);
  const conflict: readonly Finding[] =
    named === undefined || named === model
      ? []
      : [{ path: ['model'], message: 'model is not the value of the variable model.', severity: 'error' }];
  const checked = onboardingSchema
    .check(rendered.document)
    .map((finding) => ({ ...finding, path: rendered.sourceOf(finding.path) }));
  // What has a token that is not replaced is not judged by its form as well.
  const unknown = new Set(rendered.findings.map(({ path }) => path.join('\n')));
  const others = checked.filter(({ path }) => !unknown.has(path.join('\n')));
  const findings = [...rendered.findings, ...conflict, ...others];
  return { document: rendered.document, variables: values, findings, sourceOf: rendered.sourceOf };
}

function inputOf({ specification }: SpecificationInputs): 'specification' | 'specificationFile' {
  return specification ? 'specification' : 'specificationFile';
}

function problemOf(given: Fields, findings: readonly Finding[]): string {
  return documentProblem(onboardingSchema.name, findings, sourceOfDocument(given));
}
