import { plainMarkdown } from '../../../markdown';
import { trafficOf, trafficText } from '../plan/traffic';
import type { Outcome, ResultState } from './outcome';

/** What a step did to an endpoint, as a Markdown table with its address. */
export function endpointSummary(
  { endpoint, deployment, change }: Outcome,
  resultState: ResultState,
  previousDeployment: string,
): string {
  const model = /\/models\/([^/]+)\/versions\/([^/]+)$/i.exec(deployment?.properties.model ?? '');
  const cells = [
    endpoint.name,
    deployment?.name ?? '',
    resultState,
    change,
    model ? `${model[1] ?? ''} ${model[2] ?? ''}` : '',
    trafficText(trafficOf(endpoint)),
    previousDeployment,
    endpoint.properties.scoringUri ?? '',
  ];
  return [
    '| Endpoint | Deployment | Result | Change | Model | Traffic | Previous deployment | Address |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    `| ${cells.map(plainMarkdown).join(' | ')} |`,
  ].join('\n');
}
