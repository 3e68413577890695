import { plainMarkdown } from '../../markdown';
import type { ResultState, ServiceFacts } from './request';

const words: Readonly<Record<ResultState, string>> = {
  Deployed: '✅ The new version serves',
  Unchanged: '✅ Nothing had changed',
  Canary: '🟡 The new version serves a share of the traffic',
  Promoted: '✅ The new version was promoted',
  Rejected: '✅ The new version was rejected; the previous version serves',
  RolledBack: '❌ The new version failed; the previous version serves',
  Failed: '❌ The new version failed',
  Superseded: '⚠️ Somebody else has deployed meanwhile',
  Deleted: '✅ The service was deleted',
};

/** What a step did to a service, as a Markdown table that needs no knowledge of Kubernetes. */
export function serviceSummary(name: string, facts: Partial<ServiceFacts>): string {
  const { resultState = 'Failed', image, digest, previousImage, deploymentName, revision, scoringUri } = facts;
  const rows = [
    ['Result', words[resultState]],
    ['Image', image],
    ['Digest', digest],
    ['Previous image', previousImage],
    ['Deployment', deploymentName && `${deploymentName}${revision ? `, revision ${revision}` : ''}`],
    ['Address', scoringUri],
  ] as const;
  return [
    `| ${plainMarkdown(name)} | |`,
    '| --- | --- |',
    ...rows.flatMap(([title, value]) => (value ? [`| ${title} | ${plainMarkdown(value)} |`] : [])),
  ].join('\n');
}
