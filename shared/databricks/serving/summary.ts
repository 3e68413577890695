import { plainMarkdown } from '../../markdown';
import type { EndpointFacts, ResultState } from './request';
import { titleOf, type Served } from './traffic/served';

const words: Readonly<Record<ResultState, string>> = {
  Deployed: '✅ The new version serves',
  Unchanged: '✅ Nothing had changed',
  Canary: '🟡 The new version serves a share of the requests',
  Promoted: '✅ The new version was promoted',
  Rejected: '✅ The new version was rejected; the previous version serves',
  RolledBack: '❌ The new version failed; the previous version serves',
  Failed: '❌ The new version failed',
  Superseded: '⚠️ Somebody else has deployed meanwhile',
  Deleted: '✅ The endpoint was deleted',
};

/** What a step did to an endpoint, as a Markdown table. */
export function endpointSummary(
  name: string,
  model: string | undefined,
  facts: Partial<EndpointFacts>,
  present: readonly Served[],
): string {
  const { resultState = 'Failed', modelVersion, previousVersion, scoringUri, endpointUrl } = facts;
  const rows = [
    ['Result', words[resultState]],
    ['Model', model],
    ['Version', modelVersion],
    ['Previous version', previousVersion],
    ...present.map((one) => [`${one.percent} % of the requests`, titleOf(one)] as const),
    ['Address', scoringUri],
  ] as const;
  const title = endpointUrl === undefined ? plainMarkdown(name) : `[${plainMarkdown(name)}](${endpointUrl})`;
  return [
    `| ${title} | |`,
    '| --- | --- |',
    ...rows.flatMap(([what, value]) => (value ? [`| ${what} | ${plainMarkdown(value)} |`] : [])),
  ].join('\n');
}
