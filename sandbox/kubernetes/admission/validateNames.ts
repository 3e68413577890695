import type { Json } from '../json';
import { type FieldError, invalidValue } from '../status';
import type { Plural } from '../types';

export const isLabelName = (name: string): boolean => name.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name);
export const labelNameRule =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const subdomainRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const serviceNameRule =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

/** What is wrong with the name of an object. */
export function validateName(plural: Plural, name: string): FieldError[] {
  const field = 'metadata.name';
  if (plural === 'services')
    return name.length <= 63 && /^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name)
      ? []
      : [invalidValue(field, name, serviceNameRule)];
  if (plural === 'namespaces') return isLabelName(name) ? [] : [invalidValue(field, name, labelNameRule)];
  if (name.length > 253) return [invalidValue(field, name, 'must be no more than 253 characters')];
  return name.split('.').every((part) => /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(part))
    ? []
    : [invalidValue(field, name, subdomainRule)];
}

const qualified =
  /^(?:[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const keyRule =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const valueRule =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

export function validateLabels(labels: Readonly<Record<string, Json | undefined>>, path: string): FieldError[] {
  return Object.entries(labels).flatMap(([key, value]) => {
    const text = typeof value === 'string' ? value : '';
    if (!qualified.test(key)) return [invalidValue(path, key, keyRule)];
    if (text.length > 63) return [invalidValue(path, text, 'must be no more than 63 characters')];
    return /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/.test(text) ? [] : [invalidValue(path, text, valueRule)];
  });
}

export function validateAnnotations(annotations: Readonly<Record<string, Json | undefined>>): FieldError[] {
  return Object.keys(annotations).flatMap((key) =>
    qualified.test(key.toLowerCase()) ? [] : [invalidValue('metadata.annotations', key, keyRule)],
  );
}
