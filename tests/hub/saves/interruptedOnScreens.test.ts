import assert from 'node:assert/strict';
import { revisionsOf } from '../../../shared/variables/registry/documents';
import { projectId } from '../../../sandbox/agent/variables/predefined';
import { registryOf, saveText, storeOf } from '../modelStage';
import { useHub, type OpenHub } from '../support/browser';
import { typeInto } from './reviewOnScreen';

const models = 24;
const first = 'variables:\n  epochs: 1 # few\n';
const confirmed = 'variables:\n  epochs: 2 # few\n';
const typed = 'variables:\n  epochs: 3 # few\n';
const nameOf = (count: number) => `model${count}`;

/** What becomes of the request at which the page ends. */
const ends = ['before it arrives', 'after its effect'] as const;

describe('A page that ends during a save', function () {
  this.timeout(300_000);
  const { openHub, organization } = useHub({
    fill: async (filled) => {
      for (let count = 1; count <= models; count += 1) {
        await saveText(registryOf(filled), nameOf(count), first, 'First');
        await saveText(registryOf(filled), nameOf(count), confirmed, 'Confirmed');
      }
    },
  });

  /**
   * Saves, and ends the page at a request for documents of the review and the save.
   * @returns the request; undefined where the save needs fewer
   */
  const saveUntil = async (hub: OpenHub, wanted: number, end: (typeof ends)[number]): Promise<string | undefined> => {
    const { page, frame } = hub;
    await typeInto(hub, 'epochs', 1, '3');
    let count = 0;
    const ended = new Promise<string>((resolve, reject) => {
      const watch = page.route(/\/extmgmt\/.*\/Documents/i, async (route) => {
        count += 1;
        if (count < wanted) return route.continue();
        if (count === wanted && end === 'after its effect') await route.fetch();
        // Nothing comes out of the page from here on, also while it is being closed.
        await route.abort();
        const { pathname } = new URL(route.request().url());
        resolve(`${route.request().method()} ${pathname.replace(/^.*\/Collections\//i, '')}`);
      });
      watch.catch(reject);
    });
    const saved = (async () => {
      await frame.getByRole('button', { name: 'Review and save' }).click();
      await frame.getByRole('button', { name: 'Save', exact: true }).click();
      await page.waitForFunction(() => window.host?.toasts.some(({ message }) => message.startsWith('Saved')));
      // The list of models, which the page reads after each save.
      await frame.getByText(/Revision 3\b/).waitFor();
    })();
    // It fails when the page is left.
    saved.catch(() => undefined);
    return Promise.race([ended, saved.then(() => undefined)]);
  };

  it('leaves what was confirmed, and a save that the next page finds, at every request', async () => {
    const store = storeOf(organization());
    const seen: string[] = [];
    let model = 0;
    const tabs = { ada: await openHub({ isLoading: true }), grace: await openHub({ isLoading: true }) };
    for (const end of ends)
      for (let request = 1; ; request += 1) {
        model += 1;
        assert.ok(model <= models, `more requests than expected: ${seen.join(', ')}`);
        const id = nameOf(model);
        const hub = await openHub({ hash: `model=${id}`, user: 'ada@example.com', within: tabs.ada });
        const at = await saveUntil(hub, request, end);
        const url = hub.page.url();
        await hub.page.goto('about:blank');
        const where = `${at ?? 'no request'} (${request}), ${end}`;
        const isClaimed = (await store.read(revisionsOf(projectId, id), '000003')) !== undefined;

        const { frame } = await openHub({ hash: `model=${id}`, user: 'grace@example.com', within: tabs.grace });
        await frame.getByText(`Revision ${isClaimed ? 3 : 2}`, { exact: true }).waitFor();
        const cell = await frame.locator('[data-cell="epochs/1"]').innerText();
        assert.equal(cell.trim(), isClaimed ? '3' : '2', where);
        const head = await registryOf(organization()).head(id);
        assert.deepEqual([head?.text, head?.isIntact], [isClaimed ? typed : confirmed, true], where);
        if (isClaimed) assert.equal(head?.updatedBy.name, 'Ada Lovelace', where);
        const revisions = await registryOf(organization()).revisions(id);
        assert.deepEqual(
          revisions.map(({ text, isIntact }) => [text, isIntact]),
          [...(isClaimed ? [[typed, true]] : []), [confirmed, true], [first, true]],
          where,
        );

        // The tab is opened again, as a browser does after a crash: it has kept what was typed.
        await hub.page.unrouteAll({ behavior: 'ignoreErrors' });
        await hub.page.goto(url);
        const again = hub.page.frameLocator('iframe');
        await again.getByText(`Revision ${isClaimed ? 3 : 2}`, { exact: true }).waitFor();
        const edits = again.locator('.change-bar');
        await edits.waitFor({ state: isClaimed ? 'detached' : 'visible', timeout: 10_000 }).catch((error: unknown) => {
          throw new Error(`${where}: edits are ${isClaimed ? 'shown although they are saved' : 'lost'}`, {
            cause: error,
          });
        });
        assert.equal((await again.locator('[data-cell="epochs/1"]').innerText()).trim(), '3', where);
        if (at === undefined) break;
        seen.push(`${at} ${end} ${isClaimed ? 'saved' : 'not saved'}`);
      }
    // The two writes are among the requests, and the first of them decides.
    assert.ok(
      seen.some((each) => /^POST .*after its effect saved$/.test(each)),
      seen.join('\n'),
    );
    assert.ok(
      seen.some((each) => /^POST .*before it arrives not saved$/.test(each)),
      seen.join('\n'),
    );
    assert.ok(
      seen.some((each) => /^P(UT|ATCH) .*before it arrives saved$/.test(each)),
      seen.join('\n'),
    );
  });
});
