import assert from 'node:assert/strict';
import { buildGrid, type GridCell, type GridRow } from '../../hub/variables/grid/grid';
import { sharedVariables } from '../../hub/variables/checkModel';
import type { RegistryModel } from '../../shared/variables/registry/revision';

const baseText = `variables:
  region: westeurope
  training:
    seed: 42
environments:
  prod:
    training:
      seed: 7
locked: [region]
`;
const modelText = `variables:
  modelName: churn
  modelVersion: '3'
  training:
    epochs: 300
environments:
  dev:
    training:
      epochs: 10
      seed: null
`;
const schemaText = JSON.stringify({
  definitions: {
    variables: {
      properties: {
        trigger: { type: 'string', compileTime: true },
        training: { properties: { epochs: { maximum: 500 } } },
      },
    },
  },
});

function grid(text: string, environment?: string) {
  const settings = { settings: { refusesSecrets: true } };
  const document = (rev: number, content: string) => ({ rev, text: content }) as RegistryModel;
  const shared = sharedVariables({ base: document(3, baseText), schema: document(1, schemaText), settings });
  assert.deepEqual(shared.problems, []);
  return buildGrid({ text, saved: { text: modelText, rev: 7 }, shared, environment });
}

function rowOf(rows: readonly GridRow[], name: string): GridRow {
  const row = rows.find((each) => each.name === name);
  assert.ok(row, name);
  return row;
}

const shown = ({ state, text, source }: GridCell) => [state, text, source];

describe('the grid of variables', () => {
  it('has the names of the model before those of the base, and the cells of all environments, those of the base first', () => {
    const { rows, environments } = grid(modelText);
    assert.deepEqual(environments, ['prod', 'dev']);
    assert.deepEqual(
      rows.map(({ name }) => name),
      ['modelName', 'modelVersion', 'training.epochs', 'training.seed', 'region'],
    );
    assert.deepEqual(rowOf(rows, 'training.epochs').cells.map(shown), [
      ['own', '300', 'hub r7:5'],
      ['inherited', '300', 'hub r7:5'],
      ['own', '10', 'hub r7:9'],
    ]);
    assert.deepEqual(rowOf(rows, 'training.seed').cells.map(shown), [
      ['inherited', '42', 'hub base r3:4'],
      ['inherited', '7', 'hub base r3:8'],
      ['unset', '', 'hub r7:10'],
    ]);
  });

  it('says what applies when a value is removed', () => {
    const { rows } = grid(modelText);
    const [, dev] = rowOf(rows, 'training.epochs').cells;
    assert.deepEqual(dev?.below, { text: '300', source: 'hub r7:5' });
  });

  it('has the effective values of the chosen environment, as the step resolves them', () => {
    const effective = (environment?: string) => rowOf(grid(modelText, environment).rows, 'training.seed').effective;
    assert.deepEqual(effective(), { text: '42', source: 'hub base r3:4' });
    assert.deepEqual(effective('prod'), { text: '7', source: 'hub base r3:8' });
    assert.equal(effective('dev'), undefined);
  });

  it('counts what differs from the saved revision, removed values too', () => {
    const text = modelText.replace('epochs: 10', 'epochs: 20').replace('      seed: null\n', '');
    const { rows, changeCount } = grid(text);
    assert.equal(changeCount, 2);
    const changed = (name: string) => rowOf(rows, name).cells.map(({ isChanged }) => isChanged);
    assert.deepEqual(changed('training.epochs'), [false, false, true]);
    assert.deepEqual(changed('training.seed'), [false, false, true]);
    assert.equal(grid(modelText).changeCount, 0);
  });

  it('names why a variable must not be set, in the same words as the step', () => {
    const { rows, problems } = grid(modelText.replace('  modelName', '  region: x\n  trigger: main\n  modelName'));
    assert.equal(rowOf(rows, 'region').lock, 'is locked by hub base r3:9.');
    assert.match(
      rowOf(rows, 'trigger').lock ?? '',
      /^is read at compile time, before the run, so set it in model_variables/,
    );
    assert.ok(problems.some(({ message }) => message.includes('region is locked by hub base r3:9')));
    assert.ok(problems.some(({ message }) => message.includes('trigger is read at compile time')));
  });

  it('puts a problem of the schema into the cell that has the value', () => {
    const { rows } = grid(modelText.replace('epochs: 10', 'epochs: 1000'));
    const problems = rowOf(rows, 'training.epochs').cells.map(({ problem }) => problem);
    assert.deepEqual(problems, [undefined, undefined, 'training.epochs must be at most 500.']);
  });

  it('is empty where the text is not a variable file, with its problems', () => {
    const { isReadable, rows, problems } = grid('a: [1');
    assert.deepEqual([isReadable, rows.length, problems.length], [false, 0, 1]);
  });

  it('shows names and values of every kind as text', () => {
    const text =
      'variables:\n  constructor: 1\n  __proto__: 2\n  toString: <script>alert(1)</script>\n  a: {b: {c: null}}\n';
    const { rows } = grid(text);
    assert.deepEqual(
      rows.slice(0, 4).map(({ name, cells }) => [name, cells[0]?.text]),
      [
        ['constructor', '1'],
        ['__proto__', '2'],
        ['toString', '<script>alert(1)</script>'],
        ['a.b.c', ''],
      ],
    );
  });
});
