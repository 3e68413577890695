import type { Cluster, ClustersApi } from '../api/clusters';
import { theOneNamed } from '../theOneNamed';

/** A cluster by its id or its exact name; undefined when there is none. Throws a TaskError when several have the name. */
export async function lookUpCluster(clusters: ClustersApi, idOrName: string): Promise<Cluster | undefined> {
  const isId = /^\d{4}-\d{6}-\w+$/.test(idOrName);
  return isId ? clusters.getCluster(idOrName) : lookUpClusterName(clusters, idOrName);
}

/** The only cluster with exactly this name; undefined when there is none. Throws a TaskError when there are several. */
export async function lookUpClusterName(clusters: ClustersApi, name: string): Promise<Cluster | undefined> {
  const found = (await clusters.listClusters()).filter((cluster) => cluster.name === name);
  return found.length === 0 ? undefined : clusters.getCluster(theOneNamed('cluster', name, found).id);
}
