import assert from 'node:assert/strict';
import { compareSides, copyTo, type SideInput } from '../../hub/compare/compareSides';
import { sharedVariables } from '../../hub/variables/checkModel';
import { defaultSettings } from '../../shared/variables/registry/settings';

const shared = sharedVariables({ base: undefined, schema: undefined, settings: { settings: defaultSettings } });
const text = [
  'variables:',
  '  region: west # all',
  '  limit: 3',
  '  half: "{{limit}}"',
  'environments:',
  '  dev:',
  '    limit: 1',
  '  prod:',
  '    limit: 9',
  '    only: true',
  '',
].join('\n');
const side = (environment: string | undefined, of = text): SideInput => {
  return { model: 'churn', rev: 2, text: of, environment, shared };
};

describe('Comparison of two sides', () => {
  it('compares what a run reads, and says what a side sets itself and where the rest comes from', () => {
    const rows = compareSides(side('dev'), side('prod')) ?? [];
    assert.deepEqual(
      rows.filter(({ isDifferent }) => isDifferent).map(({ name, left, right }) => [name, left?.value, right?.value]),
      [
        ['limit', 1, 9],
        ['half', 1, 9],
        ['only', undefined, true],
      ],
    );
    const region = rows.find(({ name }) => name === 'region');
    assert.deepEqual([region?.left?.isOwn, region?.left?.source], [false, 'hub r2:2']);
    assert.equal(compareSides(side('dev', '- a list'), side('prod')), undefined);
  });

  it('copies a value into the section of the other side and leaves every other line alone', () => {
    const [limit] = (compareSides(side('prod'), side('dev')) ?? []).filter(({ name }) => name === 'limit');
    const copied = copyTo(side('dev'), ['limit'], limit?.left);
    assert.ok(copied.kind === 'edited');
    assert.equal(copied.text, text.replace('    limit: 1', '    limit: 9'));
  });

  it('copies a reference as a value where it would refer to another one', () => {
    const half = (compareSides(side('prod'), side('dev')) ?? []).find(({ name }) => name === 'half');
    const copied = copyTo(side('dev'), ['half'], half?.left);
    assert.ok(copied.kind === 'edited');
    const after = (compareSides(side('prod'), side('dev', copied.text)) ?? []).find(({ name }) => name === 'half');
    assert.deepEqual([after?.isDifferent, after?.right?.written], [false, 9]);
  });

  it('unsets what the other side does not have', () => {
    const removed = copyTo(side('prod'), ['only'], undefined);
    assert.ok(removed.kind === 'edited');
    assert.equal(removed.text, text.replace('    only: true\n', ''));
    const unset = copyTo(side('dev'), ['region'], undefined);
    assert.ok(unset.kind === 'edited');
    const row = (compareSides(side('dev', unset.text), side('prod')) ?? []).find(({ name }) => name === 'region');
    assert.equal(row?.left, undefined);
  });
});
