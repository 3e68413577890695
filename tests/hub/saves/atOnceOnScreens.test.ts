import assert from 'node:assert/strict';
import { fuzzSeed } from '../../support/fixedSeed';
import { seededRandom } from '../../support/seededRandom';
import { registryOf, saveText } from '../modelStage';
import { useHub, type OpenHub } from '../support/browser';
import { saveOnScreen, typeInto } from './reviewOnScreen';

const rounds = 24;
const documents = '/extmgmt/*/Documents*';
const text = '# Kept\nvariables:\n  ada: 0\n  both: 0\n  grace: 0 # hers\n';
const textWith = (ada: string, both: string, grace: string) =>
  `# Kept\nvariables:\n  ada: ${ada}\n  both: ${both}\n  grace: ${grace} # hers\n`;

describe('Two people who save the same model at once on the screens', function () {
  this.timeout(300_000);
  const { openHub, organization } = useHub({
    fill: async (filled) => {
      await saveText(registryOf(filled), 'churn', text, 'Add churn');
    },
  });
  const registry = () => registryOf(organization());

  it(`lose nothing in ${rounds} interleavings with delays, lost requests and lost answers`, async () => {
    const random = seededRandom(fuzzSeed);
    const { faults } = organization();
    const people: readonly { readonly name: 'ada' | 'grace'; readonly hub: OpenHub }[] = [
      { name: 'ada', hub: await openHub({ user: 'ada@example.com', hash: 'model=churn' }) },
      { name: 'grace', hub: await openHub({ user: 'grace@example.com', hash: 'model=churn' }) },
    ];
    let conflicts = 0;
    let before = '0';
    for (let round = 1; round <= rounds; round += 1) {
      const where = `round ${round}, MODEL_PIPELINES_FUZZ_SEED=${fuzzSeed}`;
      faults.clear();
      for (const { hub } of people) await hub.setDelay(Math.floor(random() * 12));
      for (let index = 0; index < 3; index += 1) {
        const from = 1 + Math.floor(random() * 9);
        const when = random() < 0.5 ? 'before' : 'after';
        if (random() < 0.4) faults.add({ path: documents, from, when, effect: 'reset' });
        else faults.add({ path: documents, from, delayMilliseconds: Math.floor(random() * 40) });
      }
      // Drawn before the two begin, so that the numbers do not depend on who is faster.
      const plans = people.map(({ name, hub }) => ({
        name,
        hub,
        changesBoth: random() < 0.7,
        keepsOwn: random() < 0.5,
        own: String(round),
        both: name === 'ada' ? `${round}1` : `${round}2`,
      }));
      const done = await Promise.all(
        plans.map(async ({ name, hub, changesBoth, keepsOwn, own, both }) => {
          await typeInto(hub, name, 1, own);
          if (changesBoth) await typeInto(hub, 'both', 1, both);
          let keptOwn = true;
          const met = await saveOnScreen(hub, {
            keepsOwn: () => keepsOwn,
            onConflict: async () => {
              keptOwn = keepsOwn;
              // What was typed is still there: behind the dialog, and as one of the choices.
              await hub.frame.getByRole('radio', { name: `Yours: ${both}` }).waitFor();
            },
          });
          return { changesBoth, both, met, keptOwn };
        }),
      );
      conflicts += done.reduce((sum, { met }) => sum + met, 0);
      const head = await registry().model('churn');
      const typed = done.filter(({ changesBoth }) => changesBoth);
      const kept = typed.filter(({ keptOwn }) => keptOwn).map(({ both }) => both);
      // Where nobody kept the own value, the one of an earlier round stays.
      const possible = kept.length === 0 ? [before] : kept;
      assert.ok(
        possible.some((both) => head?.text === textWith(String(round), both, String(round))),
        `${where}: ${JSON.stringify(possible)}\n${head?.text ?? ''}`,
      );
      before = /both: (\d+)/.exec(head?.text ?? '')?.[1] ?? '';
    }
    faults.clear();
    const revisions = await registry().revisions('churn');
    assert.deepEqual(
      revisions.map(({ rev, isIntact }) => [rev, isIntact]),
      revisions.map((_, index) => [revisions.length - index, true]),
    );
    // Every value is in the history, saved by the person who typed it.
    for (let round = 1; round <= rounds; round += 1)
      for (const [name, author] of [
        ['ada', 'Ada Lovelace'],
        ['grace', 'Grace Hopper'],
      ] as const) {
        const first = revisions
          .filter(({ text: of }) => of.includes(`  ${name}: ${round}\n`) || of.includes(`  ${name}: ${round} #`))
          .at(-1);
        assert.equal(first?.updatedBy.name, author, `${name} ${round}`);
      }
    assert.ok(conflicts >= 5, `only ${conflicts} conflicts`);
  });
});
