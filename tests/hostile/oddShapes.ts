import type { Fault } from '../../sandbox/http/faults';
import { isObject, type JsonMap, parseJson } from '../../shared/json';

/** What comes instead of an answer. */
export const oddShapes: Readonly<Record<string, Fault>> = {
  'an empty body': instead(''),
  blanks: instead(' \n '),
  true: instead('true'),
  'a text': instead('"text"'),
  'a list': instead('[]'),
  'a number': instead('5'),
  null: instead('null'),
  'an empty object': instead('{}'),
  'lists that are null': withLists(() => null),
  'lists that are text': withLists(() => 'x'),
  'lists that are objects': withLists(() => ({})),
  'lists that hold null': withLists(() => [null]),
  'an error with 200': instead('{"error_code":"X","message":"y"}'),
  'a part that nobody asked for': {
    effect: 'rewritten',
    rewrite: (_status, body) => ({ status: 206, body }),
  },
  'a body that is cut off': { effect: 'cut' },
  'a web page': { effect: 'html' },
};

function instead(body: string): Fault {
  return { effect: 'rewritten', rewrite: () => ({ status: 200, body }) };
}

/** The lists of an answer in another form; the first of its fields where there is no list. */
function withLists(replace: () => unknown): Fault {
  return {
    effect: 'rewritten',
    rewrite(_status, body) {
      const whole = objectOf(body);
      const lists = Object.keys(whole).filter((name) => Array.isArray(whole[name]));
      const names = lists.length > 0 ? lists : Object.keys(whole).slice(0, 1);
      const changed = Object.fromEntries(names.map((name) => [name, replace()]));
      return { status: 200, body: JSON.stringify({ ...whole, ...changed }) };
    },
  };
}

function objectOf(body: string): JsonMap {
  try {
    const value = parseJson(body);
    return isObject(value) ? (value as JsonMap) : {};
  } catch {
    return {}; // no JSON, such as the content of a file
  }
}
