import assert from 'node:assert/strict';
import { useFakeTimers, type SinonFakeTimers } from 'sinon';
import { readAhead } from '../../hub/host/readAhead';
import type { DocumentStore, StoredDocument } from '../../shared/variables/registry/documentStore';

describe('Documents that are read ahead', () => {
  let clock: SinonFakeTimers;
  beforeEach(() => {
    clock = useFakeTimers({ toFake: ['performance'] });
  });
  afterEach(() => clock.restore());

  /** Notes what is listed; each answer has its number as the etag. */
  function storeOf(lists: string[], answer: (count: number) => Promise<readonly StoredDocument[]>): DocumentStore {
    const refused = () => Promise.reject(new Error('Only lists are expected.'));
    const list = (collection: string) => answer(lists.push(collection));
    return { list, read: refused, create: refused, replace: refused };
  }
  const numbered = (count: number) => Promise.resolve([{ id: 'a', __etag: count }]);

  it('are listed once before anyone asks, in their order, and then each time', async () => {
    const lists: string[] = [];
    const store = readAhead(storeOf(lists, numbered), ['heads', 'revisions']);
    assert.deepEqual(lists, ['heads', 'revisions']);
    assert.deepEqual(await store.list('heads'), [{ id: 'a', __etag: 1 }]);
    assert.deepEqual(await store.list('heads'), [{ id: 'a', __etag: 3 }]);
    assert.deepEqual(lists, ['heads', 'revisions', 'heads']);
  });

  it('are listed again where nobody asked for 10 seconds', async () => {
    const lists: string[] = [];
    const store = readAhead(storeOf(lists, numbered), ['heads']);
    clock.tick(10_000);
    assert.deepEqual(await store.list('heads'), [{ id: 'a', __etag: 2 }]);
  });

  it('fail for the one who asks, and are listed again for the next', async () => {
    const failing = (count: number) => (count === 1 ? Promise.reject(new Error('No answer.')) : numbered(count));
    const store = readAhead(storeOf([], failing), ['heads']);
    await assert.rejects(store.list('heads'), /No answer/);
    assert.deepEqual(await store.list('heads'), [{ id: 'a', __etag: 2 }]);
  });
});
