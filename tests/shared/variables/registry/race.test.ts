import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { StoreError, type DocumentStore } from '../../../../shared/variables/registry/documentStore';
import { ModelRegistry } from '../../../../shared/variables/registry/modelRegistry';
import type { RegistryModel } from '../../../../shared/variables/registry/revision';
import { MemoryStore, storeWith, type Around } from './memoryStore';
import { seededRandom } from '../../../support/seededRandom';

const seeds = 100;
const emptyText = 'variables:\n';

/** Lets requests and answers of several people pass one at a time, in an order that a seed decides. */
class Order {
  readonly #waiting: (() => void)[] = [];
  #people = 0;

  constructor(private readonly random: () => number) {}

  /** A delay, in which others can do anything. */
  async turn(): Promise<void> {
    return new Promise((pass) => this.#waiting.push(pass));
  }

  async run(people: readonly (() => Promise<void>)[]): Promise<void> {
    this.#people = people.length;
    const done = Promise.all(
      people.map(async (person) =>
        person().finally(() => {
          this.#people--;
        }),
      ),
    );
    while (this.#people > 0) {
      // The digest of a hash is computed outside of the event loop.
      while (this.#waiting.length < this.#people) await setImmediate();
      const [pass] = this.#waiting.splice(Math.floor(this.random() * this.#waiting.length), 1);
      pass?.();
      await setImmediate();
    }
    await done;
  }
}

function registryOf(store: DocumentStore, name: string): ModelRegistry {
  return new ModelRegistry(store, { projectId: 'p', author: { id: name, name }, now: () => new Date(0) });
}

/** Adds lines one by one, as a person does: saves again after a lost answer, and again on top of what others saved. */
async function addLines(registry: ModelRegistry, lines: readonly string[]): Promise<void> {
  const trying = async <Value>(action: () => Promise<Value>): Promise<Value> => {
    for (;;)
      try {
        return await action();
      } catch (error) {
        if (!(error instanceof StoreError && error.kind === 'unreachable')) throw error;
      }
  };
  for (const line of lines) {
    let base = await trying(() => registry.model('churn'));
    for (;;) {
      const text = (base?.text ?? emptyText) + line;
      const change = { id: 'churn', text, comment: line.trim(), base };
      const result = await trying(() => registry.save(change));
      if (result.kind === 'saved') break;
      base = result.theirs;
      if (base.text.includes(line)) break;
    }
  }
}

/** What must hold whatever happened: the chain is whole, and the head repeats its end. */
async function checkedHistory(store: DocumentStore): Promise<readonly RegistryModel[]> {
  const visitor = registryOf(store, 'visitor');
  const model = await visitor.model('churn');
  const history = await visitor.revisions('churn');
  assert.deepEqual(
    history.map(({ rev, problem }) => [rev, problem]),
    history.map((_, index) => [history.length - index, undefined]),
  );
  assert.deepEqual(await visitor.head('churn'), model);
  assert.equal(model?.hash, history[0]?.hash);
  return history.map((revision) => ({ ...revision, etag: undefined, otherFields: {} }));
}

describe('saves at the same time', () => {
  it(`lose nothing, twice nothing and break nothing in ${seeds} interleavings with faults`, async () => {
    for (let seed = 1; seed <= seeds; seed++) {
      const random = seededRandom(seed);
      const order = new Order(random);
      const store = new MemoryStore();
      const around: Around = async (_, effect) => {
        await order.turn();
        if (random() < 0.1) throw new StoreError('unreachable', 'The request was lost.');
        const answer = effect();
        await answer.catch(() => undefined);
        await order.turn();
        if (random() < 0.1) throw new StoreError('unreachable', 'The answer was lost.');
        return answer;
      };
      const people = ['ana', 'ben'].map((name) => {
        const lines = [1, 2].map((count) => `  ${name}${count}: ${seed}\n`);
        return { lines, add: () => addLines(registryOf(storeWith(store, around), name), lines) };
      });
      await order.run(people.map(({ add }) => add));

      const history = await checkedHistory(store);
      const lines = people.flatMap((person) => person.lines);
      const found = history[0]?.text.slice(emptyText.length).match(/.*\n/g) ?? [];
      assert.deepEqual([...found].sort(), lines.sort(), `seed ${seed}`);
      assert.equal(history.length, lines.length, `seed ${seed}: each line has one revision`);
    }
  });
});

describe('a save that crashes', () => {
  class Crash extends Error {}

  /** Stops at a request permanently, before or after its effect. */
  function crashing(store: DocumentStore, at: number, isDone: boolean): DocumentStore {
    let count = 0;
    return storeWith(store, async (_, effect) => {
      count++;
      if (count > at || (count === at && !isDone)) throw new Crash();
      const answer = await effect();
      if (count === at) throw new Crash();
      return answer;
    });
  }

  const visits: readonly [who: string, visit: (registry: ModelRegistry, base?: RegistryModel) => Promise<unknown>][] = [
    ['a reader', (registry) => registry.model('churn')],
    ['a save from what was there before', (registry, base) => addTo(registry, base)],
    ['a save from what is there', async (registry) => addTo(registry, await registry.model('churn'))],
  ];

  async function addTo(registry: ModelRegistry, base: RegistryModel | undefined): Promise<void> {
    const text = `${base?.text ?? emptyText}  ben: 1\n`;
    const result = await registry.save({ id: 'churn', text, comment: '', base });
    if (result.kind === 'conflict') await addTo(registry, result.theirs);
  }

  for (const isNew of [true, false])
    for (const [who, visit] of visits)
      it(`of ${isNew ? 'a new' : 'an existing'} model is completed by ${who}, whatever the request`, async () => {
        let hasEnded = false;
        for (let at = 1; !hasEnded; at++)
          for (const isDone of [false, true]) {
            const store = new MemoryStore();
            if (!isNew) await addLines(registryOf(store, 'ana'), ['  old: 1\n']);
            const base = await registryOf(store, 'ana').model('churn');
            const own = registryOf(crashing(store, at, isDone), 'ana');
            const text = `${base?.text ?? emptyText}  ana: 1\n`;
            hasEnded = await own.save({ id: 'churn', text, comment: '', base }).then(
              () => true,
              (error: unknown) => (error instanceof Crash ? false : assert.fail(String(error))),
            );
            const [claim] = [...(store.collections.get('model-revs-p-churn')?.values() ?? [])].slice(isNew ? 0 : 1);

            await visit(registryOf(store, 'ben'), base);
            const history = await checkedHistory(store);
            const kept = history.find(({ rev }) => rev === claim?.['rev']);
            assert.equal(kept?.text, claim?.['text'], `request ${at}: what was claimed stays`);
            if (kept) assert.equal(kept.updatedBy.name, 'ana');
            if (who !== 'a reader') assert.match(history[0]?.text ?? '', / {2}ben: 1\n/);
            if (kept) assert.match(history[0]?.text ?? '', / {2}ana: 1\n/);
          }
      });
});
