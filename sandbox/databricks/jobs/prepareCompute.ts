import { ApiError } from '../apiError';
import type { SandboxClock } from '../../clock';
import type { Cluster } from '../compute/cluster';
import type { Clusters } from '../compute/clusters';
import type { Libraries } from '../compute/libraries';
import { describeLibrary } from '../compute/librarySpec';
import { isJsonObject, objectsOf, textOf } from '../json';
import { couldNotRun, type Ending, type JobRun, type TaskRun } from './jobRun';

export interface ComputeParts {
  readonly clock: SandboxClock;
  readonly clusters: Clusters;
  readonly libraries: Libraries;
  readonly durations: { readonly taskSetupSeconds: number };
}

/** A cluster with the libraries of the task; serverless has no cluster. */
export interface Compute {
  readonly cluster?: Cluster;
}

/**
 * Starts or waits for what a task runs on, and installs its libraries. The clusters that the run makes are in
 * `jobClusters`. Answers how the task ends when it has nothing to run on.
 */
export async function prepareCompute(
  parts: ComputeParts,
  run: JobRun,
  task: TaskRun,
  signal: AbortSignal,
  jobClusters: Map<string, Cluster>,
): Promise<Compute | Ending> {
  const cluster = clusterOf(parts, run, task, jobClusters);
  if (cluster && 'lifeCycleState' in cluster) return cluster;
  const problem = cluster && (await parts.clusters.ensureRunning(cluster, run.creator, signal));
  if (problem !== undefined) {
    const isCloud = cluster?.terminationReason?.type === 'CLOUD_FAILURE';
    return isCloud ? couldNotRun('CLOUD_FAILURE', problem, 'CLOUD_FAILURE') : couldNotRun('CLUSTER_ERROR', problem);
  }
  const libraries = objectsOf(task.settings.libraries);
  if (cluster && libraries.length > 0) {
    const [failed] = await parts.libraries.ensureInstalled(cluster, libraries, signal);
    if (failed) {
      // The wording is from databrickslabs/ucx issue 2203.
      const message = `Library installation failed for library due to user error for ${describeLibrary(failed.library)}\n Error messages:\n${failed.messages.join('\n')}`;
      return couldNotRun('LIBRARY_INSTALLATION_ERROR', message);
    }
  }
  await parts.clock.sleep(parts.durations.taskSetupSeconds * 1000, signal);
  return cluster ? { cluster } : {};
}

/** The cluster of a task: an existing one by its id, or one of the run, which is made when it is needed first. */
function clusterOf(
  { clusters }: ComputeParts,
  run: JobRun,
  task: TaskRun,
  jobClusters: Map<string, Cluster>,
): Cluster | Ending | undefined {
  const { existing_cluster_id: existing, job_cluster_key: key, new_cluster: own } = task.settings;
  const shared = objectsOf(run.settings.job_clusters).find((entry) => entry.job_cluster_key === key)?.new_cluster;
  const spec = isJsonObject(own) ? own : key === undefined ? undefined : shared;
  const clusterKey = textOf(key) ?? task.runId;
  try {
    if (existing !== undefined) return clusters.get(textOf(existing) ?? '');
    const known = jobClusters.get(clusterKey);
    if (known || !isJsonObject(spec)) return known;
    const name = { cluster_name: `job-${run.jobId}-run-${run.runId}` };
    const cluster = clusters.create({ ...name, ...spec }, run.creator, 'JOB');
    jobClusters.set(clusterKey, cluster);
    return cluster;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (existing !== undefined) return couldNotRun('CLUSTER_ERROR', error.message);
    // The wording is from databrickslabs/dbx issue 782.
    const message = `Unexpected user error while preparing the cluster for the job. Cause: BAD_REQUEST: ${error.errorCode}: ${error.message}`;
    return couldNotRun('INVALID_CLUSTER_REQUEST', message);
  }
}
