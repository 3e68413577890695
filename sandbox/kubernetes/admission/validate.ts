import { equal, isObject, type JsonObject, objectOf, objectsOf, textOf } from '../json';
import { parseQuantity } from '../quantity';
import { selects } from '../selectors';
import {
  duplicateValue,
  type FieldError,
  forbiddenValue,
  invalidValue,
  requiredValue,
  unsupportedValue,
} from '../status';
import type { Plural } from '../types';
import { isLabelName, validateAnnotations, validateLabels, validateName } from './validateNames';
import { isPort, portRule, validatePodSpec } from './validatePodSpec';

const immutable = 'field is immutable';

/** What is wrong with an object that is to replace `live`. */
export function validate(plural: Plural, next: JsonObject, live: JsonObject | undefined): FieldError[] {
  const metadata = objectOf(next.metadata);
  return [
    ...validateName(plural, textOf(metadata.name)),
    ...validateLabels(objectOf(metadata.labels), 'metadata.labels'),
    ...validateAnnotations(objectOf(metadata.annotations)),
    ...validateSpec(plural, next, live),
  ];
}

function validateSpec(plural: Plural, next: JsonObject, live: JsonObject | undefined): FieldError[] {
  const spec = objectOf(next.spec);
  const before = live && objectOf(live.spec);
  switch (plural) {
    case 'pods':
      return before ? podUpdate(spec, before) : validatePodSpec(spec, 'spec');
    case 'deployments':
    case 'replicasets':
      return workload(spec, before, plural === 'deployments');
    case 'services':
      return service(spec, before);
    case 'horizontalpodautoscalers':
      return autoscaler(spec);
    case 'poddisruptionbudgets':
      return spec.minAvailable !== undefined && spec.maxUnavailable !== undefined
        ? [invalidValue('spec', spec, 'minAvailable and maxUnavailable cannot be both set')]
        : [];
    case 'resourcequotas':
      return Object.entries(objectOf(spec.hard)).flatMap(([name, value]) =>
        parseQuantity(textOf(value)) === undefined
          ? [invalidValue(`spec.hard[${name}]`, value, 'must be a quantity')]
          : [],
      );
    case 'configmaps':
    case 'secrets':
      return live?.immutable === true && !equal(live.data, next.data)
        ? [forbiddenValue('data', 'field is immutable when `immutable` is set')]
        : dataKeys(objectOf(next.data));
    default:
      return [];
  }
}

const dataKeys = (data: JsonObject) =>
  Object.keys(data).flatMap((key) =>
    /^[-._a-zA-Z0-9]+$/.test(key) && key.length <= 253
      ? []
      : [
          invalidValue(
            `data[${key}]`,
            key,
            "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
          ),
        ],
  );

/** Of the specification of a pod that exists only a few fields may change. */
function podUpdate(spec: JsonObject, before: JsonObject): FieldError[] {
  const fixed = (pod: JsonObject) => ({
    ...pod,
    nodeName: '',
    activeDeadlineSeconds: 0,
    tolerations: [],
    containers: objectsOf(pod.containers).map((container) => ({ ...container, image: '' })),
  });
  if (equal(fixed(spec), fixed(before))) return [];
  return [
    forbiddenValue(
      'spec',
      'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
    ),
  ];
}

function workload(spec: JsonObject, before: JsonObject | undefined, isDeployment: boolean): FieldError[] {
  const errors: FieldError[] = [];
  for (const field of ['replicas', 'minReadySeconds', 'revisionHistoryLimit', 'progressDeadlineSeconds']) {
    const value = spec[field];
    if (typeof value === 'number' && value < 0)
      errors.push(invalidValue(`spec.${field}`, value, 'must be greater than or equal to 0'));
  }
  const selector = objectOf(spec.selector);
  const template = objectOf(spec.template);
  const labels = objectOf(objectOf(template.metadata).labels) as Record<string, string>;
  if (!isObject(spec.selector)) errors.push(requiredValue('spec.selector'));
  else if (Object.keys(selector).length === 0)
    errors.push(invalidValue('spec.selector', selector, 'empty selector is invalid for deployment'));
  else if (!selects(selector, labels))
    errors.push(invalidValue('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'));
  errors.push(...validateLabels(labels, 'spec.template.labels'));
  errors.push(...validatePodSpec(objectOf(template.spec), 'spec.template.spec'));
  const restartPolicy = objectOf(template.spec).restartPolicy;
  if (restartPolicy !== 'Always')
    errors.push(unsupportedValue('spec.template.spec.restartPolicy', restartPolicy, ['Always']));
  if (isDeployment) {
    const { progressDeadlineSeconds: deadline, minReadySeconds: minReady = 0 } = spec;
    if (typeof deadline === 'number' && typeof minReady === 'number' && deadline <= minReady)
      errors.push(invalidValue('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds'));
    errors.push(...strategy(objectOf(spec.strategy)));
  }
  if (before && !equal(before.selector, spec.selector))
    errors.push(invalidValue('spec.selector', spec.selector, immutable));
  return errors;
}

function strategy({ type, rollingUpdate }: JsonObject): FieldError[] {
  if (type === 'Recreate')
    return rollingUpdate === undefined
      ? []
      : [forbiddenValue('spec.strategy.rollingUpdate', "may not be specified when strategy `type` is 'Recreate'")];
  if (type !== 'RollingUpdate') return [unsupportedValue('spec.strategy.type', type, ['Recreate', 'RollingUpdate'])];
  const { maxSurge, maxUnavailable } = objectOf(rollingUpdate);
  const isZero = (value: unknown) => value === 0 || value === '0%';
  return isZero(maxSurge) && isZero(maxUnavailable)
    ? [invalidValue('spec.strategy.rollingUpdate.maxUnavailable', maxUnavailable, 'may not be 0 when `maxSurge` is 0')]
    : [];
}

function service(spec: JsonObject, before: JsonObject | undefined): FieldError[] {
  const errors: FieldError[] = [];
  const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
  if (!types.includes(textOf(spec.type))) errors.push(unsupportedValue('spec.type', spec.type, types));
  const ports = objectsOf(spec.ports);
  if (ports.length === 0 && spec.type !== 'ExternalName' && spec.clusterIP !== 'None')
    errors.push(requiredValue('spec.ports'));
  ports.forEach((port, index) => {
    const at = `spec.ports[${index}]`;
    if (!isPort(port.port)) errors.push(invalidValue(`${at}.port`, port.port ?? 0, portRule));
    if (typeof port.targetPort === 'number' && !isPort(port.targetPort))
      errors.push(invalidValue(`${at}.targetPort`, port.targetPort, portRule));
    const name = textOf(port.name);
    if (ports.length > 1 && !name) errors.push(requiredValue(`${at}.name`));
    else if (name && !isLabelName(name)) errors.push(invalidValue(`${at}.name`, name, 'must be a DNS label'));
    if (name && ports.findIndex((one) => one.name === name) < index) errors.push(duplicateValue(`${at}.name`, name));
  });
  if (before?.clusterIP && spec.clusterIP !== before.clusterIP && spec.type !== 'ExternalName')
    errors.push(invalidValue('spec.clusterIPs[0]', spec.clusterIP ?? null, 'may not change once set'));
  return errors;
}

function autoscaler(spec: JsonObject): FieldError[] {
  const errors: FieldError[] = [];
  const { minReplicas, maxReplicas } = spec;
  if (typeof maxReplicas !== 'number') errors.push(requiredValue('spec.maxReplicas'));
  else {
    if (maxReplicas < 1) errors.push(invalidValue('spec.maxReplicas', maxReplicas, 'must be greater than 0'));
    if (typeof minReplicas === 'number' && maxReplicas < minReplicas)
      errors.push(invalidValue('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`'));
  }
  if (typeof minReplicas === 'number' && minReplicas < 1)
    errors.push(invalidValue('spec.minReplicas', minReplicas, 'must be greater than or equal to 1'));
  const target = objectOf(spec.scaleTargetRef);
  for (const field of ['kind', 'name'])
    if (!textOf(target[field])) errors.push(requiredValue(`spec.scaleTargetRef.${field}`));
  return errors;
}
