import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { PipelineReport } from '../../sandbox/agent/report';
import type { Sandbox } from '../../sandbox/sandbox';
import type { RepositoryOptions } from './runRepository';

/** What a service is asked with. */
interface Asking {
  /** Where it is really to be reached. */
  readonly url: URL | string;
  readonly headers: Readonly<Record<string, string>>;
  /** In the folder of the model. */
  readonly sampleFile: string;
}

/** The services by which models are reached, and who may ask them. */
export type Services = Pick<Sandbox, 'databricks' | 'azure'>;

/**
 * The scoring URL after a run and the model's answer to its sample payload; undefined when the run deployed no service, or the
 * model has no sample.
 */
export async function askService(
  { repository, model }: Pick<RepositoryOptions, 'repository' | 'model'>,
  report: PipelineReport,
  services: Services,
): Promise<{ readonly scoringUri: string; readonly answer: string } | undefined> {
  const deployment = report.stages
    .flatMap(({ jobs }) => jobs.flatMap(({ steps }) => steps))
    .findLast(
      ({ task, outputs }) => /^Deploy(Aks|ServingEndpoint|AzureMl)\b/.test(task ?? '') && outputs['scoringUri'],
    );
  const scoringUri = deployment?.outputs['scoringUri'];
  if (scoringUri === undefined) return undefined;
  const { url, headers, sampleFile } = askingOf(deployment?.task ?? '', scoringUri, services);
  const sample = path.join(repository, model, sampleFile);
  if (!existsSync(sample)) return undefined;
  const body = await readFile(sample);
  const asked = request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': body.length, ...headers },
    agent: false,
  });
  asked.end(body);
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return { scoringUri, answer: await text(response) };
}

function askingOf(task: string, scoringUri: string, { databricks, azure }: Services): Asking {
  if (task.startsWith('DeployServingEndpoint'))
    return { url: scoringUri, headers: bearer(databricks.token), sampleFile: 'sample_payload.json' };
  if (!task.startsWith('DeployAzureMl')) return { url: scoringUri, headers: {}, sampleFile: 'sample_payload.json' };
  const { hostname, pathname } = new URL(scoringUri);
  const key = azure.machineLearning.endpoints.find(({ host }) => host === hostname)?.keys.list().primaryKey ?? '';
  return {
    url: new URL(pathname, azure.urlOf(hostname, 443)),
    headers: { host: hostname, ...bearer(key) },
    sampleFile: 'sample_payload_azureml.json',
  };
}

function bearer(token: string): { readonly authorization: string } {
  return { authorization: `Bearer ${token}` };
}
