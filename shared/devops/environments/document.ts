import { documentPathText, errorAt, type DocumentPath, type Finding } from '../../finding';
import type { Json } from '../../json';
import { documentSchema, type JsonSchema } from '../documentSchema';
import schema from './environments.schema.json';

/** An environment as a document describes it. What is undefined stays as it is. */
export interface EnvironmentEntry {
  readonly name: string;
  readonly description?: string;
  readonly approvals?: Approvals;
  readonly branchControl?: BranchControl;
  readonly businessHours?: BusinessHours;
  readonly exclusiveLock?: true;
}

export interface Approvals extends WithTimeout {
  /** Accounts of people, names of teams, or `[scope]\name` of groups. */
  readonly approvers: readonly string[];
  /** All by default. */
  readonly minimumNumberOfApprovers?: number;
  readonly approvalOrder?: 'anyOrder' | 'inSequence';
  /** True by default, as on the page. */
  readonly allowApproversToApproveTheirOwnRuns?: boolean;
  readonly instructions?: string;
}

export interface BranchControl extends WithTimeout {
  readonly allowedBranches: readonly string[];
  readonly verifyBranchProtection?: boolean;
  readonly allowUnknownProtectionStatus?: boolean;
}

export interface BusinessHours extends WithTimeout {
  readonly businessDays: readonly string[];
  /** The ID of a time zone in Windows. */
  readonly timeZone: string;
  /** `08:00`. */
  readonly startTime: string;
  readonly endTime: string;
}

interface WithTimeout {
  /** `90 minutes`, `12 hours`, `30 days`. */
  readonly timeout?: string;
}

const written = documentSchema('list of environments', schema as JsonSchema);

/** The kind of document that holds a list of EnvironmentEntry. */
export const environmentsSchema = {
  ...written,
  check(document: Json): readonly Finding[] {
    const found = written.check(document);
    return found.length > 0 ? found : environmentFindings(document as unknown as readonly EnvironmentEntry[]);
  },
};

/** The longest time that a check can wait, in minutes. */
export const longestTimeout = 43_200;

/** What no schema can say of entries that match it. `at` is where they are in the document. */
export function environmentFindings(
  environments: readonly EnvironmentEntry[],
  at: DocumentPath = [],
): readonly Finding[] {
  const names = environments.map(({ name }) => keyOf(name));
  return environments.flatMap((entry, index) => {
    const path = [...at, index];
    const first = names.indexOf(keyOf(entry.name));
    const twice = `is the name of ${documentPathText([...at, first])}, too.`;
    return [
      ...(first === index ? [] : [errorAt([...path, 'name'], twice)]),
      ...(entry.approvals ? approvalFindings(entry.approvals, [...path, 'approvals']) : []),
      ...(['approvals', 'branchControl', 'businessHours'] as const).flatMap((check) => {
        const minutes = timeoutMinutes(entry[check]?.timeout);
        return minutes !== undefined && minutes > longestTimeout
          ? [errorAt([...path, check, 'timeout'], 'must be 30 days at most.')]
          : [];
      }),
    ];
  });
}

function approvalFindings(
  { approvers, minimumNumberOfApprovers: minimum = 1 }: Approvals,
  path: DocumentPath,
): readonly Finding[] {
  const problem = `must be ${approvers.length} at most, the number of approvers. A group or team approves as one.`;
  return minimum > approvers.length ? [errorAt([...path, 'minimumNumberOfApprovers'], problem)] : [];
}

const minutesOf: Readonly<Record<string, number>> = { minute: 1, hour: 60, day: 1440 };

/** The minutes of a text such as `12 hours`. */
export function timeoutMinutes(timeout: string | undefined): number | undefined {
  if (timeout === undefined) return undefined;
  const [count, unit = ''] = timeout.split(' ');
  return Number(count) * (minutesOf[unit.replace(/s$/, '')] ?? NaN);
}

/** A number of minutes as a document has it. */
export function timeoutText(minutes: number): string {
  const [unit, length] =
    Object.entries(minutesOf)
      .reverse()
      .find(([, each]) => minutes % each === 0) ?? (['minute', 1] as const);
  const count = minutes / length;
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** Azure DevOps compares the names of environments without regard to case. */
export function keyOf(name: string): string {
  return name.trim().toLowerCase();
}
