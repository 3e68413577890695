import type { TaskAgent } from '../../agent/agent';
import { plainMarkdown } from '../../markdown';
import type { Holder } from './holder';
import type { ImportOutcome, Plan } from './plan';

const mostErrors = 10;
const mostRows = 200;

const verbs = { added: 'add    ', changed: 'change ', restored: 'restore' } as const;

/** A plan as a title and lines for the log. */
export function describePlan(plan: Plan, target: string, dryRun: boolean): [title: string, text: string] {
  const { sends, deletions, folderDeletions, clearings, kept, refused, conflicts } = plan;
  const lines = [
    ...sends.map(({ item, change, note }) => `${verbs[change]} ${item.path} (${item.kind})${note ? `: ${note}` : ''}`),
    ...clearings.map(({ path }) => `delete  ${path}: the source has a folder with this name`),
    ...deletions.map(({ path }) => `delete  ${path}`),
    ...folderDeletions.map((path) => `delete  ${path} (empty folder)`),
    ...kept.map(({ path, reason }) => `keep    ${path}: ${reason}`),
    ...refused.map(({ path, reason }) => `refuse  ${path}: ${reason}`),
    ...conflicts.map(({ path, reason }) => `conflict ${path}: ${reason}`),
  ];
  const title = `${dryRun ? 'Dry run, nothing is changed. Plan' : 'Plan'} for ${target}: ${countsOf(plan)}`;
  return [title, lines.length > 0 ? lines.join('\n') : 'Nothing to do.'];
}

function countsOf({ sends, deletions, refused, conflicts, unchanged }: Plan): string {
  const count = (change: string): number => sends.filter((send) => send.change === change).length;
  return [
    `${count('added')} to add`,
    `${count('changed')} to change`,
    `${count('restored')} to restore`,
    `${deletions.length} to delete`,
    ...(conflicts.length + refused.length > 0 ? [`${conflicts.length + refused.length} in conflict`] : []),
    `${unchanged.length} unchanged`,
  ].join(', ');
}

/** Reports what failed, one error each for the first few. */
export function reportFailures({ failures }: ImportOutcome, agent: TaskAgent): void {
  const shown = failures.length > mostErrors ? failures.slice(0, mostErrors - 1) : failures;
  for (const { path, reason } of shown) agent.error(`${path}: ${reason}`);
  if (failures.length > shown.length) agent.error(`${failures.length - shown.length} more failed: see the summary.`);
}

/** One line for the log and the result. */
export function sentenceOf(outcome: ImportOutcome, target: string, dryRun: boolean, { done }: Holder): string {
  const { plan, imported, deleted, failures } = outcome;
  if (dryRun && failures.length === 0) return `Dry run for ${target}: ${countsOf(plan)}. Nothing was changed`;
  const counts = [
    `${imported.length} ${done}`,
    `${plan.unchanged.length} unchanged`,
    `${deleted.length} deleted`,
    ...(failures.length > 0 ? [`${failures.length} failed`] : []),
  ];
  return `${target}: ${counts.join(', ')}`;
}

/** Whether there is anything to report in the summary. */
export function hasNews({ plan, imported, deleted, failures }: ImportOutcome): boolean {
  return imported.length + deleted.length + failures.length + plan.kept.length > 0;
}

/** The section on the run's summary page, as Markdown. */
export function summaryOf(outcome: ImportOutcome, target: string, url: string, holder: Holder): string {
  const { plan, imported, deleted, failures } = outcome;
  const rows = [
    ...failures.map(({ path, reason }) => ['❌ failed', path, reason]),
    ...plan.kept.map(({ path, reason }) => ['⚠️ kept', path, reason]),
    ...imported.map(({ item, change, note }) => [change, item.path, note ?? '']),
    ...deleted.map((path) => ['deleted', path, '']),
  ];
  const shown = rows.slice(0, mostRows);
  return [
    `### ${holder.summaryTitle} to [${plainMarkdown(target)}](${holder.folderUrl(url, target)})`,
    '',
    `| ${holder.done === 'imported' ? 'Imported' : 'Uploaded'} | Unchanged | Deleted | Failed |`,
    '| ---: | ---: | ---: | ---: |',
    `| ${imported.length} | ${plan.unchanged.length} | ${deleted.length} | ${failures.length} |`,
    ...(shown.length > 0 ? ['', '| What | Path | Note |', '| --- | --- | --- |'] : []),
    ...shown.map((cells) => `| ${cells.map(plainMarkdown).join(' | ')} |`),
    ...(rows.length > shown.length ? ['', `… and ${rows.length - shown.length} more.`] : []),
    '',
  ].join('\n');
}
