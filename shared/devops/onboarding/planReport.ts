import { changeTable, type Change, type ChangeKind } from '../change';
import type { AreaName, PlannedArea } from './wanted';

/** A plan as a file: `onboarding_plan.schema.json` describes it. */
export interface PlanReport {
  /** Increased when something is renamed or removed. */
  readonly schemaVersion: 1;
  readonly model: string;
  readonly project: string;
  /** How many changes there are of each kind. */
  readonly counts: Readonly<Record<ChangeKind, number>>;
  readonly changes: readonly ReportedChange[];
}

interface ReportedChange {
  readonly area: AreaName;
  readonly change: ChangeKind;
  readonly what: string;
  readonly differences: readonly string[];
  readonly notes: readonly string[];
}

const kinds: readonly ChangeKind[] = ['create', 'update', 'delete', 'unchanged', 'blocked', 'conflict'];

/** The plan as data, in the order in which changes are applied. It holds no secrets. */
export function planReport(model: string, project: string, areas: readonly PlannedArea[]): PlanReport {
  const changes = areas.flatMap(({ area, changes: ofArea }) =>
    ofArea.map(({ kind, what, differences, notes = [] }) => ({ area, change: kind, what, differences, notes })),
  );
  const count = (kind: ChangeKind): number => changes.filter(({ change }) => change === kind).length;
  const counts = Object.fromEntries(kinds.map((kind) => [kind, count(kind)])) as PlanReport['counts'];
  return { schemaVersion: 1, model, project, counts, changes };
}

const titles: Readonly<Record<AreaName, string>> = {
  repository: 'Repository',
  team: 'Team',
  variableGroups: 'Variable groups',
  environments: 'Environments',
  templateUpdate: 'Template',
  pipelines: 'Pipelines',
  branchPolicies: 'Branch policies',
};

/** The plan, or what was done, in Markdown: a table for each area. */
export function planMarkdown(areas: readonly PlannedArea[], isPlan: boolean): string {
  return areas.map(({ area, changes }) => `### ${titles[area]}\n\n${changeTable(changes, isPlan)}`).join('\n\n');
}

/** The number of changes of each kind, in words: `3 create, 1 unchanged`. */
export function countText(changes: readonly Change[]): string {
  return kinds
    .map((kind) => ({ kind, count: changes.filter((change) => change.kind === kind).length }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${count} ${kind}`)
    .join(', ');
}
