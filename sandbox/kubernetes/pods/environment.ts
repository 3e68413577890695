import type { Store } from '../store';
import type { Container, Pod } from '../types';

/** A container's environment, or why it can't be made. */
export type Environment = { readonly env: Record<string, string> } | { readonly problem: string };

/** Resolves the variables of a container, with config maps and secrets. */
export function environmentOf(store: Store, pod: Pod, container: Container): Environment {
  const { namespace = '', name } = pod.metadata;
  const env: Record<string, string> = { HOSTNAME: name };
  const read = (kind: 'configmap' | 'secret', source: string): Record<string, string> | undefined => {
    if (kind === 'configmap') return store.get('configmaps', namespace, source)?.data;
    const data = store.get('secrets', namespace, source)?.data;
    return (
      data &&
      Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]))
    );
  };
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    const kind = configMapRef ? 'configmap' : 'secret';
    const reference = configMapRef ?? secretRef;
    if (!reference) continue;
    const data = read(kind, reference.name);
    if (!data && !reference.optional) return { problem: `${kind} "${reference.name}" not found` };
    for (const [key, value] of Object.entries(data ?? {})) env[prefix + key] = value;
  }
  for (const { name: variable, value, valueFrom } of container.env ?? []) {
    const { configMapKeyRef, secretKeyRef, fieldRef } = valueFrom ?? {};
    const reference = configMapKeyRef ?? secretKeyRef;
    if (!reference) {
      env[variable] = value ?? (fieldRef ? fieldText(pod, fieldRef.fieldPath) : '');
      continue;
    }
    const kind = configMapKeyRef ? 'configmap' : 'secret';
    const data = read(kind, reference.name ?? '');
    const found = data?.[reference.key];
    if (found !== undefined) env[variable] = found;
    else if (!reference.optional) {
      const title = kind === 'secret' ? 'Secret' : 'ConfigMap';
      return {
        problem: data
          ? `couldn't find key ${reference.key} in ${title} ${namespace}/${reference.name ?? ''}`
          : `${kind} "${reference.name ?? ''}" not found`,
      };
    }
  }
  return { env };
}

function fieldText({ metadata, spec, status }: Pod, path: string): string {
  const fields: Readonly<Record<string, string | undefined>> = {
    'metadata.name': metadata.name,
    'metadata.namespace': metadata.namespace,
    'metadata.uid': metadata.uid,
    'spec.nodeName': spec.nodeName,
    'spec.serviceAccountName': spec.serviceAccountName,
    'status.podIP': status.podIP,
  };
  const label = /^metadata\.(labels|annotations)\['([^']+)'\]$/.exec(path);
  if (label) return (label[1] === 'labels' ? metadata.labels : metadata.annotations)?.[label[2] ?? ''] ?? '';
  return fields[path] ?? '';
}

/** The volume that can't be mounted, in the kubelet's words. */
export function missingVolume(store: Store, { metadata, spec }: Pod): string | undefined {
  const { namespace = '' } = metadata;
  for (const { name, configMap, secret } of spec.volumes ?? []) {
    const isMissing = (found: unknown, optional?: boolean) => found === undefined && optional !== true;
    const failed = `MountVolume.SetUp failed for volume "${name}" :`;
    if (
      configMap?.name !== undefined &&
      isMissing(store.get('configmaps', namespace, configMap.name), configMap.optional)
    )
      return `${failed} configmap "${configMap.name}" not found`;
    if (
      secret?.secretName !== undefined &&
      isMissing(store.get('secrets', namespace, secret.secretName), secret.optional)
    )
      return `${failed} secret "${secret.secretName}" not found`;
  }
  return undefined;
}
