import type { HttpClient } from '../../http/httpClient';

/** A cluster as lists show it. Source: https://docs.databricks.com/api/azure/workspace/clusters/list. */
export interface ListedCluster {
  readonly id: string;
  readonly name: string;
  readonly creator: string;
}

interface RawClusterList {
  readonly clusters?: readonly {
    readonly cluster_id: string;
    readonly cluster_name?: string;
    readonly creator_user_name?: string;
  }[];
  readonly next_page_token?: string;
}

/** The Clusters API 2.1. Every method throws what `HttpClient.json` throws. */
export class ClustersApi {
  /** `signal` ends the calls sooner than the client's own does. */
  constructor(
    private readonly http: HttpClient,
    private readonly signal: AbortSignal,
  ) {}

  /** All clusters that the caller may see, running or not. */
  async listClusters(): Promise<readonly ListedCluster[]> {
    const clusters: ListedCluster[] = [];
    let pageToken: string | undefined;
    do {
      const page: RawClusterList = await this.http.json<RawClusterList>({
        method: 'GET',
        path: '/api/2.1/clusters/list',
        query: { page_size: 100, page_token: pageToken },
        purpose: 'list the clusters',
        signal: this.signal,
      });
      for (const { cluster_id, cluster_name = '', creator_user_name = '' } of page.clusters ?? [])
        clusters.push({ id: cluster_id, name: cluster_name, creator: creator_user_name });
      pageToken = page.next_page_token || undefined;
    } while (pageToken !== undefined);
    return clusters;
  }
}
