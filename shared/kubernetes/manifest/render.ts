import { dump } from 'js-yaml';
import type { KubernetesObject } from '../client/resource';

/** The objects as YAML for kubectl; the values of Secrets are masked. */
export function renderYaml(objects: readonly KubernetesObject[]): string {
  return objects.map((object) => `---\n${dump(hidden(object), { lineWidth: -1, noRefs: true })}`).join('');
}

function hidden(object: KubernetesObject): KubernetesObject {
  // A kind of another group that has this name holds secrets too.
  if (object.kind !== 'Secret') return object;
  const { data, stringData } = object as { readonly data?: object; readonly stringData?: object };
  return { ...object, ...(data && { data: masked(data) }), ...(stringData && { stringData: masked(stringData) }) };
}

function masked(values: object): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.keys(values).map((key) => [key, '***']));
}
