import { plainMarkdown } from '../../markdown';
import type { Agent } from '../../agent/agent';
import type { ImportOutcome } from './importNotebooks';

const mostErrors = 10;
const mostRows = 200;

/** Says what failed, one error each for the first few. */
export function reportFailures({ failures }: ImportOutcome, report: Pick<Agent, 'error'>): void {
  const shown = failures.length > mostErrors ? failures.slice(0, mostErrors - 1) : failures;
  for (const { path, reason } of shown) report.error(`${path}: ${reason}`);
  if (failures.length > shown.length)
    report.error(`${failures.length - shown.length} more failed: the summary names them.`);
}

/** One line for the log and the result. */
export function sentenceOf({ plan, imported, deleted, failures }: ImportOutcome, target: string): string {
  const counts = [
    `${imported.length} imported`,
    `${plan.unchanged.length} unchanged`,
    `${deleted.length} deleted`,
    ...(failures.length > 0 ? [`${failures.length} failed`] : []),
  ];
  return `${target}: ${counts.join(', ')}`;
}

/** Whether there is something that people should see. */
export function hasNews({ plan, imported, deleted, failures }: ImportOutcome): boolean {
  return imported.length + deleted.length + failures.length + plan.kept.length > 0;
}

/** The page that people see on the run's summary. */
export function summaryOf(outcome: ImportOutcome, target: string, url: string): string {
  const { plan, imported, deleted, failures } = outcome;
  const rows = [
    ...failures.map(({ path, reason }) => ['❌ failed', path, reason]),
    ...plan.kept.map(({ path, reason }) => ['⚠️ kept', path, reason]),
    ...imported.map(({ item, change, note }) => [change, item.path, note ?? '']),
    ...deleted.map((path) => ['deleted', path, '']),
  ];
  const shown = rows.slice(0, mostRows);
  return [
    `### Notebooks imported to [${plainMarkdown(target)}](${folderUrl(url, target)})`,
    '',
    '| Imported | Unchanged | Deleted | Failed |',
    '| ---: | ---: | ---: | ---: |',
    `| ${imported.length} | ${plan.unchanged.length} | ${deleted.length} | ${failures.length} |`,
    ...(shown.length > 0 ? ['', '| What | Path | Note |', '| --- | --- | --- |'] : []),
    ...shown.map((cells) => `| ${cells.map(plainMarkdown).join(' | ')} |`),
    ...(rows.length > shown.length ? ['', `… and ${rows.length - shown.length} more.`] : []),
    '',
  ].join('\n');
}

/** The page of a workspace folder. */
export function folderUrl(workspaceUrl: string, folder: string): string {
  return `${workspaceUrl}/#workspace${encodeURI(folder)}`;
}
