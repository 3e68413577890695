import assert from 'node:assert/strict';
import { CaseInsensitiveMap } from '../../../../sandbox/agent/caseInsensitiveMap';
import { parseExpression } from '../../../../sandbox/agent/expressions/parseExpression';
import { toJson } from '../../../../sandbox/agent/expressions/toJson';
import {
  ExpressionError,
  StrictDictionary,
  toBoolean,
  toText,
  type Value,
} from '../../../../sandbox/agent/expressions/value';
import { conditionVocabulary, variableVocabulary } from '../../../../sandbox/agent/expressions/vocabularies';
import { Problems } from '../../../../sandbox/agent/pipelineError';
import { evaluateVariable, whyNotRun, type RuntimeContext } from '../../../../sandbox/agent/run/evaluateCondition';
import { evaluateTemplate, type Scope } from '../../../../sandbox/agent/templates/scope';
import { toValue, type MappingNode } from '../../../../sandbox/agent/yaml/node';
import { readYaml } from '../../../../sandbox/agent/yaml/readYaml';
import { expressionTable, type ExpressionRow } from './expressionTable';

const place = { file: 'table.yml', line: 1, column: 1 };
const startTime = new Date(Date.UTC(2024, 0, 2, 3, 4, 5, 678));
const variables = new CaseInsensitiveMap<Value>([
  ['letters', 'ABC'],
  ['numbers', '123'],
  ['emptyString', ''],
  ['Build.Reason', 'Manual'],
]);
const parameters = readYaml(
  `
name: fabrikam
flag: true
count: 3
nothing:
list: [one, two, three]
empty: []
mixed: [a, true, 1.5, null, { b: c }]
object: { key: value }
map: { True: 'yes', False: 'no' }
foo: [{ id: 1, a: avalue1 }, { id: 2, a: avalue2 }, { id: 3, a: avalue3 }]
branchOptions: [refs/heads/main, refs/heads/test]
listOfValues: { this_is: { a_complex: object, with: [one, two] } }
kinds: { a: , b: x, c: true, d: 1.5, e: [], f: {}, g: 1.10 }
myArray: [FOO, BAR, ZOO]
`,
  'parameters.yml',
);

function strict(node: MappingNode): StrictDictionary {
  return new StrictDictionary(node.entries.map(({ key, value }) => [key.text, toValue(value)] as const));
}

const scope: Omit<Scope, 'problems'> = {
  parameters: strict(parameters),
  variables,
  loops: new Map(),
  startTime,
  file: 'pipeline.yml',
};
const context: RuntimeContext = {
  variables,
  dependencies: [],
  stageDependencies: [],
  resources: new CaseInsensitiveMap(),
  startTime,
};

/** In a `${{ }}`. */
function compileTime(text: string): Value {
  const problems = new Problems();
  const value = evaluateTemplate(text.trim(), { ...scope, problems }, place);
  problems.throwIfAny();
  return value;
}

/** In a `$[ ]`, as the text that a variable gets. */
function runTime(text: string): string {
  return evaluateVariable(parseExpression(text.trim(), variableVocabulary), context);
}

/** In a condition, whether it holds; an error as what is said of it. */
function condition(text: string): boolean | string {
  try {
    const expression = parseExpression(text.trim(), conditionVocabulary);
    const refusal = whyNotRun({ condition: expression, at: place }, new Map(), () => context);
    if (refusal?.result === 'Failed') return refusal.note;
    return refusal === undefined;
  } catch (error) {
    if (error instanceof ExpressionError) return error.message;
    throw error;
  }
}

function check([text, expected]: ExpressionRow): void {
  const isRuntime = !text.includes('parameters');
  if (expected instanceof RegExp) {
    assert.throws(() => compileTime(text), { name: 'PipelineError', message: expected });
    if (!isRuntime) return;
    assert.throws(() => runTime(text), { name: 'ExpressionError', message: expected });
    assert.match(String(condition(text)), expected);
    return;
  }
  const value = compileTime(text);
  assert.equal(toText(value) ?? toJson(value), expected);
  if (!isRuntime) return;
  assert.equal(runTime(text), toText(value) ?? '');
  assert.equal(condition(text), toBoolean(value));
}

function title([text, expected]: ExpressionRow): string {
  const shown = expected instanceof RegExp ? 'fails' : `is ${expected || 'nothing'}`;
  return `${text} ${shown}`.replaceAll(/\s+/g, ' ').trim();
}

describe('The expressions of the documentation', () => {
  for (const [group, rows] of Object.entries(expressionTable)) {
    describe(group, () => {
      for (const row of rows) it(title(row), () => check(row));
    });
  }

  it('are more than 150, each once', () => {
    const texts = Object.values(expressionTable).flatMap((rows) => rows.map(([text]) => text));
    assert.ok(texts.length >= 150, String(texts.length));
    assert.equal(new Set(texts).size, texts.length);
  });
});
