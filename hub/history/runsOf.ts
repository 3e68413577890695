import type { Host } from '../host/host';

/** A run of a pipeline. */
export interface ReadingRun {
  readonly id: string;
  readonly number: string;
  readonly pipeline: string;
  /** Such as `inProgress`. */
  readonly status: string;
  /** Such as `succeeded`; undefined while it is running. */
  readonly result: string | undefined;
  /** ISO 8601; undefined where the run is not queued yet. */
  readonly queuedOn: string | undefined;
  readonly url: string;
}

/** Older runs are not listed. */
export const mostRuns = 20;

/**
 * The newest runs that have read a revision: the task LoadModelVariables tags them. One request.
 * @param model the id of a model, or `base`
 * @throws RestError
 */
export async function runsOf(host: Host, model: string, rev: number): Promise<readonly ReadingRun[]> {
  const query = new URLSearchParams({
    tagFilters: `model-${model}-r${rev}`,
    $top: String(mostRuns),
    queryOrder: 'queueTimeDescending',
    'api-version': '7.1',
  });
  const project = encodeURIComponent(host.project.name);
  const answer = await host.rest.json({ method: 'GET', url: `/${project}/_apis/build/builds?${query.toString()}` });
  const list = fieldsOf(answer)['value'];
  const page = `${host.rest.organizationUrl}/${project}/_build/results`;
  return (Array.isArray(list) ? list : []).flatMap((build: unknown) => readRun(fieldsOf(build), page));
}

/** A build without a number, which no link can lead to, is left out. */
function readRun(build: Fields, page: string): readonly ReadingRun[] {
  const { id } = build;
  if (typeof id !== 'number') return [];
  return [
    {
      id: String(id),
      number: textIn(build, 'buildNumber') ?? String(id),
      pipeline: textIn(fieldsOf(build['definition']), 'name') ?? '',
      status: textIn(build, 'status') ?? '',
      result: textIn(build, 'result'),
      queuedOn: textIn(build, 'queueTime'),
      url: `${page}?buildId=${id}`,
    },
  ];
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function textIn(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
