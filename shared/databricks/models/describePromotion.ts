import type { RunFacts } from '../../agent/agent';
import { plainMarkdown } from '../../markdown';
import type { Promoted } from './promoteVersion';

/** What is recorded of a promotion in tags of the version: who, which run, which commit, which verdict. */
export function promotionTags(
  { requestedFor, url, commit }: RunFacts,
  verdict: string | undefined,
): Readonly<Record<string, string>> {
  const facts = {
    promoted_by: requestedFor,
    promotion_run: url,
    promotion_commit: commit,
    evaluation_verdict: verdict,
  };
  return Object.fromEntries(Object.entries(facts).flatMap(([key, value]) => (value ? [[key, value]] : [])));
}

/** The section on the run's summary page, as Markdown. */
export function promotionSummary(
  model: string,
  alias: string,
  { version, previous }: Promoted,
  tags: Readonly<Record<string, string>>,
  workspaceUrl: string,
): string {
  const page = `${workspaceUrl}/explore/data/models/${model.split('.').map(encodeURIComponent).join('/')}/version/${version}`;
  return [
    `### ${plainMarkdown(model)}: version [${version}](${page}) has the alias ${plainMarkdown(alias)}`,
    '',
    '| | |',
    '| --- | --- |',
    `| Previous version | ${previous ?? 'none'} |`,
    ...Object.entries(tags).map(([key, value]) => `| ${plainMarkdown(key)} | ${plainMarkdown(value)} |`),
    '',
  ].join('\n');
}
