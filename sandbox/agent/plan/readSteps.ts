import { scalar, mapping } from '../yaml/node';
import type { Fields } from './fields';
import type { StepPlan } from './plan';
import { readStep } from './readStep';

/** The steps of a job or of a hook; a step's name is unique among them. */
export function readSteps(fields: Fields): StepPlan[] {
  const steps = fields.list('steps').flatMap((step) => readStep(step, fields.problems) ?? []);
  if (fields.list('steps').length === 0) fields.problems.add(`${fields.what} has no steps`, fields.at);
  for (const [index, { name, at }] of steps.entries()) {
    const isTaken = steps
      .slice(0, index)
      .some((each) => name !== undefined && each.name?.toLowerCase() === name.toLowerCase());
    if (isTaken) fields.problems.add(`there are two steps named '${name ?? ''}'`, at);
  }
  return steps;
}

export function implicitCheckout(fields: Fields): StepPlan[] {
  return stepOf('checkout', 'self', fields);
}

/** Artifacts of this run, and of each pipeline that is a resource of it. */
export function implicitDownloads(fields: Fields, pipelines: readonly string[]): StepPlan[] {
  return ['current', ...pipelines].flatMap((source) =>
    stepOf('download', source, fields).map((step) => (step.kind === 'download' ? { ...step, isImplicit: true } : step)),
  );
}

function stepOf(kind: string, value: string, { at, problems }: Fields): StepPlan[] {
  const step = readStep(mapping({ [kind]: scalar(value, at) }, at), problems);
  return step ? [step] : [];
}
