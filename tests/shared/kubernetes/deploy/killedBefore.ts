import type { KubernetesClient } from '../../../../shared/kubernetes/client/client';

export class Killed extends Error {}

/** A client that calls back before each of its calls, and makes none for which that throws. */
export function observed(client: KubernetesClient, onCall: (isChange: boolean) => void): KubernetesClient {
  return new Proxy(client, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      if (property === 'until') return (deadline: number): KubernetesClient => observed(target.until(deadline), onCall);
      return async (...args: unknown[]): Promise<unknown> => {
        const isDry = (args[2] as { readonly isDryRun?: boolean } | undefined)?.isDryRun === true;
        onCall(['apply', 'jsonPatch', 'mergePatch', 'delete'].includes(String(property)) && !isDry);
        return (await Reflect.apply(value, target, args)) as unknown;
      };
    },
  });
}

/** A client that dies with its step right before the n-th call or change that it would make, and does nothing any more. */
export function killedBefore(client: KubernetesClient, counted: 'call' | 'change', last: number): KubernetesClient {
  let count = 0;
  return observed(client, (isChange) => {
    if (count < last && (isChange || counted === 'call')) count++;
    if (count >= last) throw new Killed();
  });
}
