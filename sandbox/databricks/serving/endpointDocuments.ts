import { type JsonObject, toJson } from '../json';
import type { ServedEntity, ServingEndpoint } from './endpoint';

/** "The query schema of the serving endpoint in OpenAPI format": one path for each served entity of the active config. */
export function openApiOf({ name, config }: ServingEndpoint): Buffer {
  const rows = { type: 'array', items: { type: 'object' } };
  const operation: JsonObject = {
    post: {
      requestBody: {
        content: { 'application/json': { schema: { type: 'object', properties: { dataframe_records: rows } } } },
      },
      responses: {
        200: {
          description: 'Successful operation',
          content: {
            'application/json': { schema: { type: 'object', properties: { predictions: { type: 'array' } } } },
          },
        },
      },
    },
  };
  const paths = (config?.entities ?? []).map((entity) => [`/served-models/${entity.name}/invocations`, operation]);
  const info = { title: name, version: String(config?.version ?? 0) };
  return Buffer.from(toJson({ openapi: '3.1.0', info, paths: Object.fromEntries(paths) as JsonObject }));
}

/** Metrics of "Track and export serving endpoint health metrics to Prometheus", as far as the sandbox has them. */
export function exportMetrics({ name, config }: ServingEndpoint): Buffer {
  const entities = config?.entities ?? [];
  const metric = (metricName: string, help: string, value: (entity: ServedEntity) => number) => [
    `# HELP ${metricName} ${help}`,
    `# TYPE ${metricName} gauge`,
    ...entities.map(
      (entity) => `${metricName}{endpoint_name="${name}",served_model_name="${entity.name}"} ${value(entity)}`,
    ),
  ];
  const lines = [
    ...metric('request_count_total', 'Number of requests', ({ requests }) =>
      Object.values(requests).reduce<number>((sum, count) => sum + (count ?? 0), 0),
    ),
    ...metric('request_4xx_count_total', 'Number of 4xx errors', ({ requests }) => requests['4xx'] ?? 0),
    ...metric('request_5xx_count_total', 'Number of 5xx errors', ({ requests }) => requests['5xx'] ?? 0),
  ];
  return Buffer.from(`${lines.join('\n')}\n`);
}
