import { withTimeout } from '../../shared/agent/context';
import { ClustersApi, type Cluster } from '../../shared/databricks/api/clusters';
import { clusterSummary } from '../../shared/databricks/clusters/summary';
import { clusterTitle } from '../../shared/databricks/clusters/describeCluster';
import { lookUpCluster } from '../../shared/databricks/clusters/lookUpCluster';
import { stopCluster } from '../../shared/databricks/clusters/stopCluster';
import { databricksConnection, openWorkspace } from '../../shared/task/databricksConnection';
import { choice, integer, text } from '../../shared/task/inputs';
import { defineTask } from '../../shared/task/task';

/** The output `state` when there is no such cluster, or no longer. */
const absent = 'ABSENT';

/** Terminates a cluster, or deletes it permanently. */
export const task = defineTask({
  inputs: {
    ...databricksConnection,
    cluster: text({ required: true, picker: true }),
    deletion: choice(['terminate', 'permanent'], { default: 'terminate' }),
    timeoutMinutes: integer({ default: 30, min: 1, max: 1440 }),
  },
  outputs: ['clusterId', 'clusterName', 'state'],

  async run({ inputs, agent, context: unlimited, setOutput }) {
    const { deletion, timeoutMinutes } = inputs;
    const context = withTimeout(unlimited, timeoutMinutes);
    const workspace = await openWorkspace(inputs, context);
    const clusters = new ClustersApi(workspace.http);
    const found = await lookUpCluster(clusters, inputs.cluster);
    if (!found) {
      setOutput('state', absent);
      return `There is no cluster '${inputs.cluster}' that this identity is allowed to view. Nothing to stop.`;
    }
    setOutput('clusterId', found.id);
    setOutput('clusterName', found.name);

    const onSeen = ({ state }: Cluster): void => setOutput('state', state);
    const stopped = await stopCluster(clusters, found, { deletion, onSeen }, context);
    const { state } = stopped.cluster ?? { state: absent };
    setOutput('state', state);
    if (stopped.isChanged) {
      const change = stopped.cluster ? 'terminated' : 'deleted';
      const cluster = { ...found, state };
      await agent.summary('Databricks cluster', clusterSummary(workspace.url, { cluster, change }));
    }
    return stopped.cluster ? `${clusterTitle(found)} is TERMINATED.` : `${clusterTitle(found)} is deleted.`;
  },
});
