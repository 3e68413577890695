import { ClustersApi, type Cluster } from '../../shared/databricks/api/clusters';
import { clusterSummary } from '../../shared/databricks/clusters/summary';
import { clusterTitle } from '../../shared/databricks/clusters/describeCluster';
import { lookUpCluster } from '../../shared/databricks/clusters/lookUpCluster';
import { startCluster } from '../../shared/databricks/clusters/startCluster';
import { TaskError } from '../../shared/errors';
import { databricksConnection, openWorkspace } from '../../shared/task/databricksConnection';
import { integer, text } from '../../shared/task/inputs';
import { defineTask } from '../../shared/task/task';

/** Has a cluster run, whatever state it is in. */
export const task = defineTask({
  inputs: {
    ...databricksConnection,
    cluster: text({ required: true, picker: true }),
    timeoutMinutes: integer({ default: 30, min: 1, max: 1440 }),
  },
  outputs: ['clusterId', 'clusterName', 'state'],

  async run({ inputs, context, agent, clock, signal, setOutput }) {
    const deadline = clock.now() + inputs.timeoutMinutes * 60_000;
    const workspace = await openWorkspace(inputs, context);
    const clusters = new ClustersApi(workspace.http, signal);
    const found = await lookUpCluster(clusters, inputs.cluster);
    if (!found)
      throw new TaskError(
        `There is no cluster '${inputs.cluster}' in the workspace, or this identity is not allowed to see it.`,
      );
    setOutput('clusterId', found.id);
    setOutput('clusterName', found.name);

    const onSeen = ({ state }: Cluster): void => setOutput('state', state);
    const surroundings = { clock, signal, report: agent };
    const { cluster, isStarted } = await startCluster(clusters, found, { deadline, onSeen }, surroundings);
    if (isStarted)
      await agent.summary('Databricks cluster', clusterSummary(workspace.url, { cluster, change: 'started' }));
    return `${clusterTitle(cluster)} is RUNNING.`;
  },
});
