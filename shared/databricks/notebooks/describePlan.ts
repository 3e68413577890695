import type { Plan } from './plan';

/** A plan as a title and lines for the log. */
export function describePlan(plan: Plan, target: string, dryRun: boolean): [title: string, text: string] {
  const { sends, deletions, folderDeletions, clearings, kept, refused, conflicts, unchanged } = plan;
  const lines = [
    ...sends.map(({ item, change, note }) => `${verbs[change]} ${item.path} (${item.kind})${note ? `: ${note}` : ''}`),
    ...clearings.map(({ path }) => `delete  ${path}: the source has a folder of that name`),
    ...deletions.map(({ path }) => `delete  ${path}`),
    ...folderDeletions.map((path) => `delete  ${path} (empty folder)`),
    ...kept.map(({ path, reason }) => `keep    ${path}: ${reason}`),
    ...refused.map(({ path, reason }) => `refuse  ${path}: ${reason}`),
    ...conflicts.map(({ path, reason }) => `conflict ${path}: ${reason}`),
  ];
  const count = (change: string): number => sends.filter((send) => send.change === change).length;
  const counts = [
    `${count('added')} to add`,
    `${count('changed')} to change`,
    `${count('restored')} to restore`,
    `${deletions.length} to delete`,
    ...(conflicts.length + refused.length > 0 ? [`${conflicts.length + refused.length} in conflict`] : []),
    `${unchanged.length} unchanged`,
  ];
  const title = `${dryRun ? 'Dry run, nothing is changed: plan' : 'Plan'} for ${target}: ${counts.join(', ')}`;
  return [title, lines.length > 0 ? lines.join('\n') : 'Nothing to do.'];
}

const verbs = { added: 'add    ', changed: 'change ', restored: 'restore' } as const;
