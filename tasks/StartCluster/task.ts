import { withTimeout } from '../../shared/agent/context';
import { ClustersApi, type Cluster } from '../../shared/databricks/api/clusters';
import { clusterSummary } from '../../shared/databricks/clusters/summary';
import { clusterTitle } from '../../shared/databricks/clusters/describeCluster';
import { lookUpCluster } from '../../shared/databricks/clusters/lookUpCluster';
import { startCluster } from '../../shared/databricks/clusters/startCluster';
import { TaskError } from '../../shared/errors';
import { databricksConnection, openWorkspace } from '../../shared/task/databricksConnection';
import { integer, text } from '../../shared/task/inputs';
import { defineTask } from '../../shared/task/task';

/** Starts a cluster and waits until it is running. */
export const task = defineTask({
  inputs: {
    ...databricksConnection,
    cluster: text({ required: true, picker: true }),
    timeoutMinutes: integer({ default: 30, min: 1, max: 1440 }),
  },
  outputs: ['clusterId', 'clusterName', 'state'],

  async run({ inputs, agent, context: unlimited, setOutput }) {
    const context = withTimeout(unlimited, inputs.timeoutMinutes);
    const workspace = await openWorkspace(inputs, context);
    const clusters = new ClustersApi(workspace.http);
    const found = await lookUpCluster(clusters, inputs.cluster);
    if (!found)
      throw new TaskError(
        `There is no cluster '${inputs.cluster}' in the workspace, or this identity is not allowed to view it.`,
      );
    setOutput('clusterId', found.id);
    setOutput('clusterName', found.name);

    const onSeen = ({ state }: Cluster): void => setOutput('state', state);
    const { cluster, isStarted } = await startCluster(clusters, found, { onSeen }, context);
    if (isStarted)
      await agent.summary('Databricks cluster', clusterSummary(workspace.url, { cluster, change: 'started' }));
    return `${clusterTitle(cluster)} is RUNNING.`;
  },
});
