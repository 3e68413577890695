import { plainMarkdown } from '../../markdown';
import type { Cluster } from '../api/clusters';
import { differenceLine, type Difference } from '../../comparison/difference';

export interface SummedUpCluster {
  readonly cluster: Pick<Cluster, 'id' | 'name' | 'state'>;
  /** What was done: `created`, `started`. */
  readonly change: string;
  readonly differences?: readonly Difference[];
}

/** What was done to a cluster, as Markdown: a table with a link to the cluster's page, and the differences. */
export function clusterSummary(
  workspaceUrl: string,
  { cluster: { id, name, state }, change, differences = [] }: SummedUpCluster,
): string {
  const page = `${workspaceUrl}/compute/clusters/${id}`;
  return [
    [
      '| Cluster | Id | Change | State |',
      '| --- | --- | --- | --- |',
      `| [${plainMarkdown(name)}](${page}) | ${plainMarkdown(id)} | ${change} | ${plainMarkdown(state)} |`,
    ].join('\n'),
    differences.map((difference) => `- ${plainMarkdown(differenceLine(difference))}`).join('\n'),
  ]
    .filter(Boolean)
    .join('\n\n');
}
