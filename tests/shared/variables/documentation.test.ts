import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { readVariableSchema } from '../../../shared/variables/schema/variableSchema';
import { resolveTexts } from './resolveTexts';

const page = await readFile(path.resolve(import.meta.dirname, '../../../docs/model-variables.md'), 'utf8');
const blocks = [...page.matchAll(/^```(?:yaml|json)\n([^]*?)^```/gm)].map(([, text = '']) => text);
const block = (beginning: string): string =>
  blocks.find((text) => text.startsWith(beginning)) ?? assert.fail(beginning);
const cells = (row: string): readonly string[] =>
  row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

describe('the page on model variables', () => {
  const outcome = resolveTexts({
    base: block('# base_variables.yml'),
    model: block('# model_variables.yml'),
    environment: 'prod',
    overrides: { 'training.epochs': '5' },
  });

  it('shows the result of its example', () => {
    const rows = page
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .map(cells);
    const [, ...names] = rows.find(([first]) => first === 'Source') ?? [];
    const [, ...values] = rows.find(([first]) => first === '**Result**') ?? [];
    assert.equal(names.length, 3);
    assert.deepEqual(outcome.problems, []);
    assert.deepEqual(
      values,
      names.map((name) => outcome.outputs[name.replaceAll('`', '').replace('.', '_')] ?? '(unset)'),
    );
    assert.equal(outcome.outputs['workspaceFolder'], '/Shared/models/demo_model');
  });

  it('has a list form and a schema that can be read', () => {
    assert.deepEqual(resolveTexts({ model: block('variables:\n  - name') }).values, { modelName: 'demo_model' });
    assert.ok(readVariableSchema(block('{\n  "definitions"'), 's', (_, message) => assert.fail(message)));
  });

  it('matches how values are read', () => {
    for (const [written = '', is = ''] of page
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .map(cells)) {
      const kind = /^(text|a number|the number|true or false|unset|refused)/.exec(is)?.[0];
      if (kind === undefined || !written.startsWith('`')) continue;
      for (const [, text = ''] of written.matchAll(/`([^`]+)`/g)) {
        const { values, problems } = resolveTexts({ model: `variables: {a: ${text}}` });
        const value = (values as Record<string, unknown>)['a'];
        assert.equal(problems.length, kind === 'refused' ? 1 : 0, text);
        const types = {
          text: 'string',
          'a number': 'number',
          'the number': 'number',
          'true or false': 'boolean',
          unset: 'undefined',
        };
        if (kind !== 'refused') assert.equal(typeof value, types[kind as keyof typeof types], text);
      }
    }
  });

  it('names the families of variables that are refused', () => {
    for (const [, prefix = ''] of page.matchAll(/`([a-z]+_)`/g))
      if (prefix !== '_')
        assert.match(
          resolveTexts({ model: 'variables: {x: 1}', prefix }).problems.join(),
          /is reserved for the system/,
          prefix,
        );
  });
});
