import { documentPathText, type DocumentPath } from '../../../finding';
import { isList, isMap, type Json, type JsonMap } from '../../../json';
import { kindKeyOf } from '../../client/resource';

/** What a value must be for us to read it; the cluster checks everything else. */
type Shape =
  | { readonly is: 'text' | 'a number' | 'text or a number' }
  | {
      readonly is: 'a map';
      readonly fields?: Readonly<Record<string, Shape>>;
      readonly values?: Shape;
      /** Fields without which Kubernetes takes no such map. */
      readonly required?: readonly string[];
    }
  | { readonly is: 'a list'; readonly items: Shape };

const text: Shape = { is: 'text' };
const number: Shape = { is: 'a number' };
const scalar: Shape = { is: 'text or a number' };
const texts: Shape = { is: 'a map', values: text };
const map = (fields: Readonly<Record<string, Shape>>, ...required: readonly string[]): Shape => ({
  is: 'a map',
  fields,
  required,
});
const listOf = (items: Shape): Shape => ({ is: 'a list', items });

const metadata = map({ name: text, namespace: text, labels: texts, annotations: texts });
const labelSelector = map({ matchLabels: texts });
const container = map({
  name: text,
  image: text,
  ports: listOf(map({ name: text, containerPort: number, protocol: text })),
});
const podSpec = map(
  {
    containers: listOf(container),
    initContainers: listOf(container),
    topologySpreadConstraints: listOf(map({ labelSelector })),
  },
  'containers',
);
const template = map({ metadata, spec: podSpec }, 'spec');
const workload = map({ spec: map({ replicas: number, selector: labelSelector, template }, 'template') }, 'spec');
const servicePort = map({ name: text, port: number, targetPort: scalar, protocol: text, appProtocol: text });

/**
 * The fields that are read here, by kind and group.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/
 */
const shapes: Readonly<Record<string, Shape>> = {
  'Deployment.apps': workload,
  'ReplicaSet.apps': workload,
  'StatefulSet.apps': workload,
  'DaemonSet.apps': workload,
  'Job.batch': map({ spec: map({ template }) }),
  'CronJob.batch': map({ spec: map({ jobTemplate: map({ spec: map({ template }) }) }) }),
  'Pod.': map({ spec: podSpec }),
  'Service.': map({ spec: map({ selector: texts, ports: listOf(servicePort), type: text, clusterIP: text }) }),
  'Secret.': map({ data: texts, stringData: texts }),
  'ConfigMap.': map({ data: texts }),
  'HorizontalPodAutoscaler.autoscaling': map({
    spec: map({ scaleTargetRef: map({ kind: text, name: text }), minReplicas: number, maxReplicas: number }),
  }),
  'PodDisruptionBudget.policy': map({ spec: map({ selector: labelSelector }) }),
};

/** What in an object has another form than the one it is read in. Values are not repeated: one may be a secret. */
export function shapeProblems(object: JsonMap): readonly string[] {
  const own = shapes[kindKeyOf(object)];
  return [...problemsIn(object['metadata'], metadata, ['metadata']), ...(own ? problemsIn(object, own, []) : [])];
}

function problemsIn(value: Json | undefined, shape: Shape, path: DocumentPath): readonly string[] {
  if (value === undefined) return [];
  if (value === null) return [`${documentPathText(path)} is empty.`];
  if (!hasForm(value, shape)) return [`${documentPathText(path)} must be ${shape.is}.`];
  if (shape.is === 'a list' && isList(value))
    return value.flatMap((item, index) => problemsIn(item, shape.items, [...path, index]));
  if (shape.is !== 'a map' || !isMap(value)) return [];
  const missing = (shape.required ?? []).filter((name) => value[name] === undefined);
  return [
    ...missing.map((name) => `${documentPathText([...path, name])} is missing.`),
    ...Object.entries(value).flatMap(([name, part]) => {
      const below = shape.fields?.[name] ?? shape.values;
      return below ? problemsIn(part, below, [...path, name]) : [];
    }),
  ];
}

function hasForm(value: Json, { is }: Shape): boolean {
  switch (is) {
    case 'a map':
      return isMap(value);
    case 'a list':
      return isList(value);
    case 'text':
      return typeof value === 'string';
    case 'a number':
      return typeof value === 'number';
    case 'text or a number':
      return typeof value === 'string' || typeof value === 'number';
  }
}
