import assert from 'node:assert/strict';
import { inParallel, mapInParallel } from '../../shared/inParallel';

/** Ends in the order of the numbers, whatever the order in which it was begun. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
}

describe('mapInParallel', () => {
  it('has the results in the order of the items, and no more under way than it may', async () => {
    let most = 0;
    let running = 0;
    const results = await mapInParallel([50, 5, 30, 1, 20], 2, async (item, index) => {
      most = Math.max(most, ++running);
      await turns(item);
      running--;
      return `${index}: ${item}`;
    });
    assert.deepEqual(results, ['0: 50', '1: 5', '2: 30', '3: 1', '4: 20']);
    assert.equal(most, 2);
  });
});

describe('inParallel', () => {
  it('begins nothing after a failure, and rejects with the first when all has ended', async () => {
    const ended: number[] = [];
    const work = inParallel([20, 1, 2, 3], 2, async (item) => {
      await turns(item);
      ended.push(item);
      if (item === 1) throw new Error('first');
    });
    await assert.rejects(work, /first/);
    assert.deepEqual(ended, [1, 20]);
  });
});
