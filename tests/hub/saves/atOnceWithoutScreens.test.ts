import assert from 'node:assert/strict';
import type { Frame } from 'playwright-core';
import { useHub } from '../support/browser';
import { registryPage } from '../support/testPages';
import { seededRandom } from '../../support/seededRandom';

const rounds = 100;
const documents = '/extmgmt/*/Documents*';

describe('Two people who save the same model at once', function () {
  this.timeout(300_000);
  const { openHub, organization } = useHub({
    hubFolder: registryPage,
    host: {
      people: ['ada', 'grace'].map((name) => ({
        name: `${name}@example.com`,
        displayName: name,
        group: 'Contributors',
      })),
    },
  });

  /** Sets one value and saves, as long as somebody else was faster or the answer was lost. */
  const save = (frame: Frame, name: string, value: number): Promise<number> =>
    frame.evaluate(
      async ([key, to]) => {
        const line = `  ${key}: `;
        for (let attempt = 1; attempt <= 30; attempt += 1) {
          try {
            const base = await window.registry.model('churn');
            const text = (base?.text ?? '').replace(new RegExp(`${line}\\d+`), `${line}${to}`);
            const saved = await window.registry.save({ id: 'churn', text, comment: `${key} ${to}`, base });
            if (saved.kind === 'saved') return attempt;
          } catch (error) {
            // The next attempt finds out whether the one before it had its effect.
            if (!['unreachable', 'unknown'].includes((error as { kind?: string }).kind ?? '')) throw error;
          }
        }
        throw new Error(`${key} was not saved.`);
      },
      [name, value] as const,
    );

  it(`lose nothing in ${rounds} interleavings with delays and lost answers`, async () => {
    const [ada, grace] = [await openHub({ user: 'ada@example.com' }), await openHub({ user: 'grace@example.com' })];
    const seed = Number(process.env['MODEL_PIPELINES_FUZZ_SEED'] ?? 20_261_130);
    const random = seededRandom(seed);
    const text = 'variables:\n  ada: 0\n  grace: 0\n';
    await ada.frame.evaluate(
      async (first) => window.registry.save({ id: 'churn', text: first, comment: 'Add churn', base: undefined }),
      text,
    );
    const { faults } = organization();
    let conflicts = 0;
    for (let round = 1; round <= rounds; round += 1) {
      for (const each of [ada, grace]) await each.setDelay(Math.floor(random() * 12));
      faults.clear();
      for (let index = 0; index < 3; index += 1) {
        const from = 1 + Math.floor(random() * 7);
        const when = random() < 0.5 ? 'before' : 'after';
        if (random() < 0.4) faults.add({ path: documents, from, when, effect: 'reset' });
        else faults.add({ path: documents, from, delayMilliseconds: Math.floor(random() * 20) });
      }
      const attempts = await Promise.all([save(ada.frame, 'ada', round), save(grace.frame, 'grace', round)]);
      conflicts += attempts.filter((count) => count > 1).length;
      const head = await ada.frame.evaluate(async () => {
        const model = await window.registry.model('churn');
        return model && { text: model.text, rev: model.rev, isIntact: model.isIntact };
      });
      const expected = text.replaceAll(' 0', ` ${round}`);
      assert.deepEqual(
        { text: head?.text, isIntact: head?.isIntact },
        { text: expected, isIntact: true },
        `round ${round}, MODEL_PIPELINES_FUZZ_SEED=${seed}`,
      );
    }
    faults.clear();
    const revisions = await grace.frame.evaluate(async () =>
      (await window.registry.revisions('churn')).map(({ rev, isIntact, comment }) => ({ rev, isIntact, comment })),
    );
    assert.deepEqual(
      revisions.map(({ rev, isIntact }) => [rev, isIntact]),
      revisions.map((_, index) => [revisions.length - index, true]),
    );
    // Every value that somebody saved is in the history, whoever was faster.
    const comments = new Set(revisions.map(({ comment }) => comment));
    for (let round = 1; round <= rounds; round += 1)
      for (const name of ['ada', 'grace']) assert.ok(comments.has(`${name} ${round}`), `${name} ${round}`);
    assert.ok(conflicts > 10, `only ${conflicts} saves met another one`);
  });
});
