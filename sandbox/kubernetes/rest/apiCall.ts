import type { KubernetesUser, Users } from '../access/users';
import type { Cluster } from '../cluster';
import type { Kubelet } from '../pods/kubelet';
import type { ResourceType } from '../resources';
import type { Received } from '../server';
import type { ApiPath } from './apiPath';
import type { Watches } from './watching';

export interface ApiParts {
  readonly cluster: Cluster;
  readonly users: Users;
  readonly kubelet: Kubelet;
  readonly watches: Watches;
  readonly types: readonly ResourceType[];
  readonly version: string;
}

/** One request to a resource that is there, by somebody who may do it. */
export interface ApiCall {
  readonly received: Received;
  readonly query: URLSearchParams;
  readonly path: ApiPath;
  readonly type: ResourceType;
  readonly user: KubernetesUser;
  readonly warn: (text: string) => void;
}
