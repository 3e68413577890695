import { plainMarkdown } from '../../markdown';
import { differenceKind, differencePlace, type Difference } from '../../comparison/difference';

/** What was done to a job, or would be, as Markdown: a line and a table. Names of settings only: values may be secret. */
export function jobSummary(
  title: string,
  page: string | undefined,
  outcome: string,
  differences: readonly Difference[],
): string {
  const name = page === undefined ? plainMarkdown(title) : `[${plainMarkdown(title)}](${page})`;
  const rows = differences.map((one) => `| ${plainMarkdown(differencePlace(one))} | ${differenceKind(one)} |`);
  return [`**${name}** ${outcome}.`, ['| Setting | Change |', '| --- | --- |', ...rows].join('\n')].join('\n\n');
}
