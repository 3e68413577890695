import type { RunPart } from '../read/readRun';
import type { StepPlace } from '../read/timeline';
import type {
  DeploymentRecord,
  EvaluationRecord,
  JobRunRecord,
  RunRecord,
  VariablesRecord,
} from '../../../shared/records/runRecord';

/** What a step recorded in one of its attempts. */
export interface Attempt<Kind extends RunRecord> {
  readonly key: string;
  readonly place: StepPlace | undefined;
  readonly record: Kind;
  readonly cut: ReadonlyMap<string, number>;
}

/** What a step recorded. */
export interface StepRecords<Kind extends RunRecord> {
  readonly newest: Attempt<Kind>;
  /** Newest first. */
  readonly earlier: readonly Attempt<Kind>[];
  /** Of other steps that recorded the same. */
  readonly alsoAt: readonly StepPlace[];
}

/** The records of a run by their kinds, in the order of the steps. */
export interface ArrangedRun {
  readonly evaluations: readonly StepRecords<EvaluationRecord>[];
  readonly deployments: readonly StepRecords<DeploymentRecord>[];
  readonly jobRuns: readonly StepRecords<JobRunRecord>[];
  readonly variables: readonly StepRecords<VariablesRecord>[];
  /** The parts without a record. */
  readonly problems: readonly RunPart[];
}

export function arrangeRun(parts: readonly RunPart[]): ArrangedRun {
  const attempts = parts.flatMap(({ key, place, content }) =>
    content.kind === 'record' ? [{ key, place, record: content.record, cut: content.cut }] : [],
  );
  const ofKind = <Kind extends RunRecord>(kind: Kind['kind']): readonly StepRecords<Kind>[] =>
    bySteps(attempts.filter((attempt): attempt is Attempt<Kind> => attempt.record.kind === kind));
  return {
    evaluations: ofKind<EvaluationRecord>('evaluation'),
    deployments: ofKind<DeploymentRecord>('deployment'),
    jobRuns: ofKind<JobRunRecord>('run'),
    variables: withoutRepetitions(ofKind<VariablesRecord>('variables')),
    problems: parts.filter(({ content }) => content.kind !== 'record').sort(byPosition),
  };
}

function bySteps<Kind extends RunRecord>(attempts: readonly Attempt<Kind>[]): readonly StepRecords<Kind>[] {
  const steps = new Map<string, Attempt<Kind>[]>();
  for (const attempt of attempts) {
    const step = stepKey(attempt);
    const known = steps.get(step);
    if (known) known.push(attempt);
    else steps.set(step, [attempt]);
  }
  return [...steps.values()]
    .flatMap((each) => {
      const [newest, ...earlier] = each.sort(newestFirst);
      return newest ? [{ newest, earlier, alsoAt: [] }] : [];
    })
    .sort((left, right) => byPosition(left.newest, right.newest));
}

/** The same for all attempts of a step. Steps whose place is unknown are told apart by their keys. */
function stepKey({ key, place }: Attempt<RunRecord>): string {
  if (!place) return key;
  return JSON.stringify([place.stage, place.job, place.step, place.order.at(-1)]);
}

function newestFirst(left: Attempt<RunRecord>, right: Attempt<RunRecord>): number {
  const attempts = (right.place?.attempt ?? 0) - (left.place?.attempt ?? 0);
  return attempts === 0 ? timeOf(right) - timeOf(left) : attempts;
}

const timeOf = ({ place }: Attempt<RunRecord>): number => Date.parse(place?.finishedOn ?? '') || 0;

interface Placed {
  readonly place: StepPlace | undefined;
}

/** In the order of the steps; those with an unknown place are the last. */
function byPosition({ place: left }: Placed, { place: right }: Placed): number {
  if (!left || !right) return Number(!left) - Number(!right);
  for (const [index, position] of left.order.entries()) {
    const difference = position - (right.order[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.order.length - right.order.length;
}

/** Several jobs of a run load the same variables: they are shown once. */
function withoutRepetitions(steps: readonly StepRecords<VariablesRecord>[]): readonly StepRecords<VariablesRecord>[] {
  const shown = new Map<string, StepRecords<VariablesRecord>>();
  for (const step of steps) {
    const text = JSON.stringify([step.newest.record, [...step.newest.cut]]);
    const same = shown.get(text);
    const places = step.newest.place ? [step.newest.place] : [];
    shown.set(
      text,
      same ? { ...same, earlier: [...same.earlier, ...step.earlier], alsoAt: [...same.alsoAt, ...places] } : step,
    );
  }
  return [...shown.values()];
}
