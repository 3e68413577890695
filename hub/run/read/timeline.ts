/** A stage, a job or a step of a run. */
export interface TimelineRecord {
  readonly id: string;
  readonly parentId: string | undefined;
  readonly type: string;
  readonly name: string;
  readonly order: number;
  readonly attempt: number;
  readonly isCompleted: boolean;
  /** ISO 8601. */
  readonly finishedOn: string | undefined;
}

/** The records of a run by their ids. */
export type Timeline = ReadonlyMap<string, TimelineRecord>;

/**
 * The records of the answer of `builds/{id}/timeline`. What is not a record is left out: without it, only the place of a
 * step is unknown.
 */
export function readTimeline(answer: unknown): Timeline {
  const records = fieldsOf(answer)['records'];
  const found = Array.isArray(records) ? records.flatMap((record) => readRecord(fieldsOf(record))) : [];
  return new Map(found.map((record) => [record.id, record]));
}

function readRecord(record: Readonly<Record<string, unknown>>): readonly TimelineRecord[] {
  const id = textOf(record['id']);
  if (id === undefined) return [];
  return [
    {
      id: id.toLowerCase(),
      parentId: textOf(record['parentId'])?.toLowerCase(),
      type: textOf(record['type']) ?? '',
      name: textOf(record['name']) ?? '',
      order: numberOf(record['order']) ?? 0,
      attempt: numberOf(record['attempt']) ?? 1,
      isCompleted: record['state'] === 'completed',
      finishedOn: textOf(record['finishTime']),
    },
  ];
}

/** Where a step is in its run. */
export interface StepPlace {
  readonly stage: string | undefined;
  readonly job: string | undefined;
  readonly step: string;
  /** Of the stage or of the job, whichever was repeated more often; the first one is 1. */
  readonly attempt: number;
  readonly finishedOn: string | undefined;
  readonly isCompleted: boolean;
  /** The positions of the stage, the job and the step, each among its siblings. */
  readonly order: readonly number[];
}

/** How a pipeline without stages, or without jobs, names the only one that it has. */
const unnamed = '__default';
const mostLevels = 20;

/** Undefined when the timeline does not have the record. */
export function placeOf(timeline: Timeline, recordId: string): StepPlace | undefined {
  const record = timeline.get(recordId.toLowerCase());
  if (!record) return undefined;
  const path: TimelineRecord[] = [];
  for (
    let each: TimelineRecord | undefined = record;
    each && path.length < mostLevels;
    each = timeline.get(each.parentId ?? '')
  )
    path.unshift(each);
  const nameOf = (type: string): string | undefined => {
    const name = path.find((each) => each.type === type)?.name;
    return name === unnamed ? undefined : name || undefined;
  };
  return {
    stage: nameOf('Stage'),
    job: nameOf('Job'),
    step: record.name,
    attempt: Math.max(...path.map(({ attempt }) => attempt)),
    finishedOn: record.finishedOn,
    isCompleted: record.isCompleted,
    order: path.map(({ order }) => order),
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
