import type { KubernetesClient } from '../../../../shared/kubernetes/client';

export class Killed extends Error {}

/** A client that dies with its step right before the n-th change that it would make, and does nothing any more. */
export function killedBefore(client: KubernetesClient, change: number): KubernetesClient {
  let changes = 0;
  let isDead = false;
  return new Proxy(client, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        const isDry = (args[2] as { readonly isDryRun?: boolean } | undefined)?.isDryRun === true;
        const isChange = ['apply', 'jsonPatch', 'mergePatch', 'delete'].includes(String(property)) && !isDry;
        if (isChange && ++changes === change) isDead = true;
        if (isDead) return Promise.reject(new Killed());
        return Reflect.apply(value, target, args) as unknown;
      };
    },
  });
}
