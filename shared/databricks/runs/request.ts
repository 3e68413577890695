import type { HttpClient } from '../../http/httpClient';
import type { Json } from '../../json';
import { ClustersApi } from '../api/clusters';
import { JobsApi } from '../api/jobs';
import type { RunRequest } from '../api/runs';
import { apiParameters, arePlainNames, jobParameters, notebookParameters, type Parameters } from './parameters';
import { theOneNamed } from '../theOneNamed';

/** What to run. */
export type RunSource =
  /** An existing job, by id or exact name. */
  | { readonly job: string; readonly parameters: Parameters }
  /** A notebook, once. */
  | { readonly notebookPath: string; readonly compute: Compute; readonly parameters: Parameters }
  /** The body of `runs/submit`. */
  | { readonly definition: Readonly<Record<string, Json>> };

/** An existing cluster, by id or exact name; the specification of a new one; or serverless. */
export type Compute =
  { readonly cluster: string } | { readonly newCluster: Readonly<Record<string, Json>> } | 'serverless';

/** The call that starts the run. Looks up names; throws a TaskError when nothing, or more than one thing, has a name. */
export async function runRequest(http: HttpClient, source: RunSource): Promise<RunRequest> {
  if ('definition' in source) return { call: 'submit', body: source.definition };
  if ('job' in source) return jobRequest(new JobsApi(http), source.job, source.parameters);
  const { notebookPath, compute, parameters } = source;
  const name = notebookPath.slice(notebookPath.lastIndexOf('/') + 1);
  const task = {
    task_key: name.replaceAll(/[^\w-]/g, '_').slice(0, 100),
    notebook_task: { notebook_path: notebookPath, base_parameters: notebookParameters(parameters) },
    ...(await clusterFields(new ClustersApi(http), compute)),
  };
  return { call: 'submit', body: { run_name: name, tasks: [task] } };
}

async function jobRequest(jobs: JobsApi, idOrName: string, parameters: Parameters): Promise<RunRequest> {
  const isId = /^\d+$/.test(idOrName);
  const jobId = isId ? idOrName : theOneNamed('job', idOrName, await jobs.listJobs(idOrName)).id;
  if (!arePlainNames(parameters)) return { call: 'run-now', jobId, body: apiParameters(parameters) };
  return { call: 'run-now', jobId, body: jobParameters(parameters, await jobs.getJob(jobId)) };
}

async function clusterFields(clusters: ClustersApi, compute: Compute): Promise<Record<string, Json>> {
  // A task without any of the cluster fields runs on serverless compute.
  if (compute === 'serverless') return {};
  if ('newCluster' in compute) return { new_cluster: compute.newCluster };
  const isId = /^\d{4}-\d{6}-\w+$/.test(compute.cluster);
  const id = isId ? compute.cluster : theOneNamed('cluster', compute.cluster, await clusters.listClusters()).id;
  return { existing_cluster_id: id };
}
