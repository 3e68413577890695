import { isObject, type JsonObject, objectOf, objectsOf, textOf } from '../json';
import { parseQuantity } from '../quantity';
import { duplicateValue, type FieldError, invalidValue, requiredValue, unsupportedValue } from '../status';
import { isLabelName, labelNameRule } from './validateNames';

/** What is wrong with the specification of a pod at `path`. */
export function validatePodSpec(spec: JsonObject, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const volumes = objectsOf(spec.volumes).map((volume) => textOf(volume.name));
  errors.push(...duplicates(volumes, `${path}.volumes`));
  const containers = objectsOf(spec.containers);
  if (containers.length === 0) errors.push(requiredValue(`${path}.containers`));
  for (const list of ['initContainers', 'containers']) {
    const found = objectsOf(spec[list]);
    found.forEach((container, index) =>
      errors.push(...validateContainer(container, `${path}.${list}[${index}]`, volumes)),
    );
    errors.push(
      ...duplicates(
        found.map((container) => textOf(container.name)),
        `${path}.${list}`,
      ),
    );
  }
  const policy = spec.restartPolicy;
  if (!['Always', 'OnFailure', 'Never'].includes(textOf(policy)))
    errors.push(unsupportedValue(`${path}.restartPolicy`, policy, ['Always', 'OnFailure', 'Never']));
  return errors;
}

function validateContainer(container: JsonObject, path: string, volumes: readonly string[]): FieldError[] {
  const errors: FieldError[] = [];
  const name = textOf(container.name);
  if (!name) errors.push(requiredValue(`${path}.name`));
  else if (!isLabelName(name)) errors.push(invalidValue(`${path}.name`, name, labelNameRule));
  if (!textOf(container.image)) errors.push(requiredValue(`${path}.image`));
  else if (container.image !== textOf(container.image).trim())
    errors.push(invalidValue(`${path}.image`, container.image, 'must not have leading or trailing whitespace'));
  objectsOf(container.ports).forEach((port, index) => {
    const at = `${path}.ports[${index}].containerPort`;
    if (port.containerPort === undefined) errors.push(requiredValue(at));
    else if (!isPort(port.containerPort)) errors.push(invalidValue(at, port.containerPort, portRule));
  });
  objectsOf(container.env).forEach((variable, index) => {
    if (!textOf(variable.name)) errors.push(requiredValue(`${path}.env[${index}].name`));
    else if (variable.value && isObject(variable.valueFrom))
      errors.push(
        invalidValue(`${path}.env[${index}].valueFrom`, '', 'may not be specified when `value` is not empty'),
      );
  });
  objectsOf(container.volumeMounts).forEach((mount, index) => {
    const at = `${path}.volumeMounts[${index}]`;
    if (!textOf(mount.mountPath)) errors.push(requiredValue(`${at}.mountPath`));
    if (!volumes.includes(textOf(mount.name)))
      errors.push({ reason: 'FieldValueNotFound', message: `Not found: "${textOf(mount.name)}"`, field: `${at}.name` });
  });
  for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe'])
    if (isObject(container[probe])) errors.push(...validateProbe(container[probe], `${path}.${probe}`));
  errors.push(...validateResources(objectOf(container.resources), `${path}.resources`));
  return errors;
}

function validateProbe(probe: JsonObject, path: string): FieldError[] {
  const kinds = ['exec', 'httpGet', 'tcpSocket', 'grpc'].filter((kind) => probe[kind] !== undefined);
  if (kinds.length === 0) return [requiredValue(path, 'must specify a handler type')];
  const errors: FieldError[] = [];
  const port = objectOf(probe.httpGet).port;
  if (probe.httpGet !== undefined && port === undefined) errors.push(requiredValue(`${path}.httpGet.port`));
  if (typeof port === 'number' && !isPort(port)) errors.push(invalidValue(`${path}.httpGet.port`, port, portRule));
  for (const field of ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'failureThreshold']) {
    const value = probe[field];
    if (typeof value === 'number' && value < 0)
      errors.push(invalidValue(`${path}.${field}`, value, 'must be greater than or equal to 0'));
  }
  return errors;
}

function validateResources(resources: JsonObject, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const limits = objectOf(resources.limits);
  for (const [name, value] of Object.entries(limits)) {
    if (parseQuantity(textOf(value)) === undefined)
      errors.push(invalidValue(`${path}.limits[${name}]`, value, quantityRule));
  }
  for (const [name, value] of Object.entries(objectOf(resources.requests))) {
    const amount = parseQuantity(textOf(value));
    if (amount === undefined) errors.push(invalidValue(`${path}.requests[${name}]`, value, quantityRule));
    const limit = limits[name] === undefined ? undefined : parseQuantity(textOf(limits[name]));
    if (amount !== undefined && limit !== undefined && amount > limit)
      errors.push(
        invalidValue(
          `${path}.requests`,
          value,
          `must be less than or equal to ${name} limit of ${textOf(limits[name])}`,
        ),
      );
  }
  return errors;
}

function duplicates(names: readonly string[], path: string): FieldError[] {
  return names.flatMap((name, index) =>
    name && names.indexOf(name) < index ? [duplicateValue(`${path}[${index}].name`, name)] : [],
  );
}

export const isPort = (value: unknown): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 65_536;
export const portRule = 'must be between 1 and 65535, inclusive';
const quantityRule = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
