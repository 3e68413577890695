import { type Json, type JsonObject, valueAt } from './json';
import { badRequest } from './status';
import type { KubeObject, LabelSelector } from './types';

type Labels = Readonly<Record<string, string>>;

/** Whether labels meet the selector of an object's specification. Without a selector nothing does. */
export function selects(selector: LabelSelector | undefined, labels: Labels = {}): boolean {
  if (!selector) return false;
  const { matchLabels = {}, matchExpressions = [] } = selector;
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      switch (operator) {
        case 'In':
          return value !== undefined && values.includes(value);
        case 'NotIn':
          return value === undefined || !values.includes(value);
        case 'Exists':
          return value !== undefined;
        default:
          return value === undefined;
      }
    })
  );
}

type Test = (object: KubeObject) => boolean;

/** A `labelSelector` of a query: `a=b,c!=d,e in (f,g),h notin (i),j,!k`. */
export function parseLabelSelector(text: string): Test {
  const tests = splitOutsideBrackets(text).map(parseRequirement);
  return ({ metadata }) => tests.every((test) => test(metadata.labels ?? {}));
}

function parseRequirement(part: string): (labels: Labels) => boolean {
  const equality = /^([^=!\s]+)\s*(==|=|!=)\s*([^=!\s]*)$/.exec(part);
  if (equality) {
    const [, key = '', operator, value = ''] = equality;
    return (labels) => (labels[key] === value) === (operator !== '!=');
  }
  const among = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(part);
  if (among) {
    const [, key = '', operator, list = ''] = among;
    const values = list.split(',').map((value) => value.trim());
    return (labels) => {
      const value = labels[key];
      return (value !== undefined && values.includes(value)) === (operator === 'in');
    };
  }
  const exists = /^(!?)\s*([^=!\s()]+)$/.exec(part);
  if (!exists) throw badRequest(`unable to parse requirement: found '${part}', expected: in, notin, =, ==, !=, gt, lt`);
  const [, negation, key = ''] = exists;
  return (labels) => key in labels === (negation === '');
}

function splitOutsideBrackets(text: string): string[] {
  return text
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** A `fieldSelector` of a query: `metadata.name=a,status.phase!=Running`. */
export function parseFieldSelector(text: string): Test {
  const tests = splitOutsideBrackets(text).map((part): Test => {
    const found = /^([\w.]+)(==|=|!=)(.*)$/.exec(part);
    if (!found) throw badRequest(`invalid selector: '${text}'; can't understand '${part}'`);
    const [, field = '', operator, value = ''] = found;
    if (!selectable.test(field)) throw badRequest(`field label not supported: ${field}`);
    return (object) => (fieldText(object, field) === value) === (operator !== '!=');
  });
  return (object) => tests.every((test) => test(object));
}

const selectable =
  /^(metadata\.(name|namespace)|status\.(phase|podIP)|spec\.(nodeName|restartPolicy|schedulerName|unschedulable|type)|involvedObject\.\w+|reason|reportingComponent|source|type|spec\.serviceAccountName)$/;

function fieldText(object: JsonObject, field: string): string {
  const found: Json | undefined = valueAt(object, (field === 'source' ? 'source.component' : field).split('.'));
  return found === undefined || found === null || typeof found === 'object' ? '' : String(found);
}
