import assert from 'node:assert/strict';
import { TaskError } from '../../../shared/errors';
import { pages } from '../../../shared/http/pages';

describe('pages', () => {
  /** A list in pages, whose tokens are the numbers of the next ones. */
  function listOf(...list: readonly (readonly string[])[]) {
    const asked: (string | undefined)[] = [];
    const fetchPage = (token: string | undefined) => {
      asked.push(token);
      const number = Number(token ?? 0);
      const next = number + 1 < list.length ? String(number + 1) : undefined;
      return Promise.resolve({ items: list[number] ?? [], next });
    };
    return { asked, fetchPage };
  }

  async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
    const found: T[] = [];
    for await (const item of items) found.push(item);
    return found;
  }

  it('give the items of all, also after an empty one, in their order', async () => {
    const { asked, fetchPage } = listOf(['a', 'b'], [], ['c']);
    assert.deepEqual(await all(pages('list the letters', fetchPage)), ['a', 'b', 'c']);
    assert.deepEqual(asked, [undefined, '1', '2']);
  });

  it('are fetched only when they are read', async () => {
    const { asked, fetchPage } = listOf(['a', 'b'], ['c']);
    for await (const item of pages('list the letters', fetchPage)) if (item === 'b') break;
    assert.deepEqual(asked, [undefined]);
  });

  it('end with the error of the one that failed, after the items before it', async () => {
    const found: string[] = [];
    const failing = pages<string>('list the letters', (token) =>
      token === undefined ? Promise.resolve({ items: ['a'], next: '1' }) : Promise.reject(new Error('no more')),
    );
    await assert.rejects(async () => {
      for await (const item of failing) found.push(item);
    }, /^Error: no more$/);
    assert.deepEqual(found, ['a']);
  });

  for (const end of [undefined, null, ''])
    it(`end with the token ${JSON.stringify(end)}`, async () => {
      const list = pages('list the letters', () => Promise.resolve({ items: ['a'], next: end }));
      assert.deepEqual(await all(list), ['a']);
    });

  for (const [what, next, problem] of [
    ['is a number', () => 7, /other than text \(number\)/],
    ['is an object', () => ({}), /other than text \(object\)/],
    ['is always the same', () => 'same', /that was read before/],
    ['comes again after another', (call: number) => (call % 2 === 0 ? 'even' : 'odd'), /that was read before/],
    ['is always new', (call: number) => `page ${call}`, /more than 5000 pages/],
  ] as const)
    it(`end with an error when the token ${what}`, async () => {
      let calls = 0;
      const list = pages('list the letters', () => Promise.resolve({ items: [], next: next(calls++) }));
      await assert.rejects(all(list), (error) => {
        assert.ok(error instanceof TaskError);
        assert.match(error.message, /^Could not list the letters: /);
        assert.match(error.message, problem);
        return true;
      });
      assert.ok(calls <= 5001, `${calls} pages`);
    });
});
