import { plainMarkdown } from '../../markdown';
import type { ResultState, ServiceFacts } from './request';

const words: Readonly<Record<ResultState, string>> = {
  Deployed: '✅ The new version serves',
  Unchanged: '✅ It was as it should be',
  Canary: '🟡 The new version takes a share of the requests',
  Promoted: '✅ The new version serves for good',
  Rejected: '✅ The version before serves',
  RolledBack: '❌ The new version failed; the version before serves',
  Failed: '❌ The new version failed',
  Superseded: '⚠️ Somebody else deployed meanwhile',
  Deleted: '✅ The service is deleted',
};

/** What a step did to a service, as Markdown: a table that needs no knowledge of Kubernetes. */
export function serviceSummary(name: string, facts: Partial<ServiceFacts>): string {
  const { resultState = 'Failed', image, digest, previousImage, deploymentName, revision, scoringUri } = facts;
  const rows = [
    ['Result', words[resultState]],
    ['Image', image],
    ['Digest', digest],
    ['Image before', previousImage],
    ['Deployment', deploymentName && `${deploymentName}${revision ? `, revision ${revision}` : ''}`],
    ['Address', scoringUri],
  ] as const;
  return [
    `| ${plainMarkdown(name)} | |`,
    '| --- | --- |',
    ...rows.flatMap(([title, value]) => (value ? [`| ${title} | ${plainMarkdown(value)} |`] : [])),
  ].join('\n');
}
