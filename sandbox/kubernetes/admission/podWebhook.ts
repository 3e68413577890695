import { internalError, StatusError } from '../status';
import type { Pod } from '../types';

/** A webhook that the API server asks before it creates a pod. */
export interface PodWebhook {
  readonly name: string;
  /** `service.namespace` */
  readonly service: string;
  /**
   * `noEndpoints`: its service has no pod; `timeout`: it does not answer within 10 s; `denies`: it refuses the pod with this
   * message. Otherwise it admits the pod.
   */
  readonly answer: (pod: Pod) => 'admits' | 'noEndpoints' | 'timeout' | { readonly denies: string };
}

/** Throws what the API server answers when a webhook refuses a pod, or does not answer. */
export function askWebhooks(webhooks: readonly PodWebhook[], pod: Pod): void {
  for (const { name, service, answer } of webhooks) {
    const answered = answer(pod);
    if (answered === 'admits') continue;
    if (typeof answered === 'object')
      throw new StatusError(403, 'Forbidden', `admission webhook "${name}" denied the request: ${answered.denies}`);
    const [host = ''] = service.split('.');
    const why = answered === 'timeout' ? 'context deadline exceeded' : `no endpoints available for service "${host}"`;
    throw internalError(
      `failed calling webhook "${name}": failed to call webhook: Post "https://${service}.svc:443/mutate-v1-pod?timeout=10s": ${why}`,
    );
  }
}
