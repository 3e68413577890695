import assert from 'node:assert/strict';
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
    assert.deepEqual(await all(pages(fetchPage)), ['a', 'b', 'c']);
    assert.deepEqual(asked, [undefined, '1', '2']);
  });

  it('are fetched only when they are read', async () => {
    const { asked, fetchPage } = listOf(['a', 'b'], ['c']);
    for await (const item of pages(fetchPage)) if (item === 'b') break;
    assert.deepEqual(asked, [undefined]);
  });

  it('end with the error of the one that failed, after the items before it', async () => {
    const found: string[] = [];
    const failing = pages((token) =>
      token === undefined ? Promise.resolve({ items: ['a'], next: '1' }) : Promise.reject(new Error('no more')),
    );
    await assert.rejects(async () => {
      for await (const item of failing) found.push(item);
    }, /^Error: no more$/);
    assert.deepEqual(found, ['a']);
  });
});
