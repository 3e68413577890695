import { int64 } from '../ids';
import { type JsonObject, textOf } from '../json';
import { nodeTypeOf } from './clusterCatalog';
import type { Cluster } from './cluster';
import { workersOf } from './clusters';
import { withServerDefaults } from './clusterSpec';
import type { InstancePools } from './instancePools';

/** A cluster as `clusters/get` and `clusters/list` answer it, without the `spec` that only `get` has. */
export function viewCluster(cluster: Cluster, pools: InstancePools): JsonObject {
  const settings = withServerDefaults(cluster.spec, cluster.creator, pools);
  const isUp = cluster.state === 'RUNNING' || cluster.state === 'RESIZING';
  return {
    cluster_id: cluster.id,
    creator_user_name: cluster.creator,
    ...(cluster.sparkContextId !== undefined && { spark_context_id: int64(cluster.sparkContextId) }),
    ...(isUp && nodesOf(cluster, settings)),
    ...settings,
    cluster_source: cluster.source,
    instance_source: { node_type_id: settings.node_type_id },
    driver_instance_source: { node_type_id: settings.driver_node_type_id },
    effective_spark_version: settings.spark_version,
    state: cluster.state,
    state_message: cluster.stateMessage,
    start_time: cluster.startTime,
    ...(cluster.restartedTime !== undefined && {
      last_restarted_time: cluster.restartedTime,
      last_state_loss_time: cluster.restartedTime,
    }),
    ...(cluster.terminatedTime !== undefined && { terminated_time: cluster.terminatedTime }),
    ...(cluster.terminationReason && { termination_reason: cluster.terminationReason }),
    default_tags: {
      Vendor: 'Databricks',
      Creator: cluster.creator,
      ClusterName: settings.cluster_name,
      ClusterId: cluster.id,
    },
  };
}

function nodesOf(cluster: Cluster, settings: JsonObject): JsonObject {
  const workers = workersOf(cluster.spec);
  const node = (index: number): JsonObject => ({
    private_ip: `10.139.64.${4 + index}`,
    public_dns: '',
    node_id: `${cluster.id}-${index}`,
    instance_id: `${cluster.id}-instance-${index}`,
    start_timestamp: cluster.restartedTime,
    host_private_ip: `10.139.0.${4 + index}`,
  });
  const [driver, worker] = [settings.driver_node_type_id, settings.node_type_id].map((id) =>
    nodeTypeOf(textOf(id) ?? ''),
  );
  return {
    driver: node(0),
    ...(workers > 0 && { executors: Array.from({ length: workers }, (_, index) => node(index + 1)) }),
    jdbc_port: 10_000,
    cluster_cores: (driver?.cores ?? 0) + workers * (worker?.cores ?? 0),
    cluster_memory_mb: (driver?.memoryMegabytes ?? 0) + workers * (worker?.memoryMegabytes ?? 0),
  };
}
