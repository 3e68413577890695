import type { HttpClient } from '../../http/httpClient';
import * as shape from '../../http/shape';

/** Cluster Policies API 2.0 (https://docs.databricks.com/api/workspace/clusterpolicies/list). */
export class ClusterPoliciesApi {
  constructor(private readonly http: HttpClient) {}

  /** The names of those that the caller may use. Throws what `HttpClient.json` throws. */
  async names(): Promise<readonly string[]> {
    const { policies } = await this.http.json(
      { method: 'GET', path: '/api/2.0/policies/clusters/list', purpose: 'list the cluster policies' },
      policyList,
    );
    return policies.map(({ name }) => name);
  }
}

const policyList = shape.object({ policies: shape.listOf(shape.object({ name: shape.shown })) });
