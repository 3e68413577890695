import type { TaskAgent } from '../../agent/agent';
import { plainMarkdown } from '../../markdown';
import type { LibraryRow } from './rows';

const mostErrors = 10;
const mostRows = 200;
const longestMessage = 500;

/** Reports the libraries that failed and why, one error each for the first few. */
export function reportFailures(rows: readonly LibraryRow[], agent: TaskAgent): void {
  const failed = rows.filter(({ result }) => result === 'failed' || result === 'skipped');
  const shown = failed.length > mostErrors ? failed.slice(0, mostErrors - 1) : failed;
  for (const { library, result, messages } of shown)
    agent.error(
      `${library} ${result === 'failed' ? 'failed' : 'was skipped'}: ${messages.join('\n') || 'Databricks gives no reason.'}`,
    );
  if (failed.length > shown.length) agent.error(`${failed.length - shown.length} more failed: see the table.`);
}

/** The rows as plain text in columns. */
export function libraryTable(rows: readonly LibraryRow[]): string {
  const width = Math.max(...rows.map(({ library }) => library.length));
  return rows
    .flatMap(({ library, result, messages }) => [
      `${library.padEnd(width)}  ${result}`,
      ...messages.flatMap((message) => message.split('\n')).map((line) => `    ${line}`),
    ])
    .join('\n');
}

/** The rows as a Markdown table, below a link to the cluster's libraries. */
export function librarySummary(
  workspaceUrl: string,
  { id, name }: { readonly id: string; readonly name: string },
  rows: readonly LibraryRow[],
): string {
  const shown = rows.slice(0, mostRows);
  return [
    `Libraries of cluster [${plainMarkdown(name)}](${workspaceUrl}/compute/clusters/${id}/libraries):`,
    [
      '| Library | Result | Message |',
      '| --- | --- | --- |',
      ...shown.map((row) => `| ${cell(row.library)} | ${row.result} | ${cell(row.messages.join(' '))} |`),
    ].join('\n'),
    ...(rows.length > shown.length ? [`… and ${rows.length - shown.length} more.`] : []),
  ].join('\n\n');
}

function cell(text: string): string {
  const line = text.trim();
  return plainMarkdown(line.length > longestMessage ? `${line.slice(0, longestMessage)}…` : line);
}
