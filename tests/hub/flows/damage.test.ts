import assert from 'node:assert/strict';
import { projectId } from '../../../sandbox/agent/variables/predefined';
import type { Organization } from '../../../sandbox/devops/organization';
import {
  documentOf,
  headsOf,
  readRevision,
  revisionId,
  revisionsOf,
} from '../../../shared/variables/registry/documents';
import type { StoredDocument } from '../../../shared/variables/registry/documentStore';
import { revisionHash } from '../../../shared/variables/registry/revisionHash';
import { registryOf, saveText, storeOf } from '../modelStage';
import { typeInto } from '../saves/reviewOnScreen';
import { press, useHub, type OpenHub } from '../support/browser';

const heads = headsOf(projectId);
const textOf = (epochs: number) => `variables:\n  epochs: ${epochs} # rounds\n`;

/** What happened to the documents of a model with three revisions outside of the pages, and what the pages say. */
interface Damage {
  /** The id of the model. */
  readonly id: string;
  readonly happen: (organization: Organization, id: string) => Promise<void> | void;
  /** In the list of models. */
  readonly state: 'Valid' | 'Damaged' | 'Of a newer version';
  /** What is said where the model cannot be edited. */
  readonly model?: RegExp;
  readonly history: RegExp;
}

async function edit(organization: Organization, collection: string, id: string, fields: object): Promise<void> {
  const store = storeOf(organization);
  const document = (await store.read(collection, id)) ?? assert.fail(`there is no document ${id}`);
  store.damage(collection, { ...document, ...fields });
}
const editHead = (fields: object) => (organization: Organization, id: string) => edit(organization, heads, id, fields);
const editRevision = (rev: number, fields: object) => (organization: Organization, id: string) =>
  edit(organization, revisionsOf(projectId, id), revisionId(rev), fields);

/** Puts another text into revision 2, with the hash that it would have. */
async function replaceSecond(organization: Organization, id: string): Promise<void> {
  const collection = revisionsOf(projectId, id);
  const stored = (await storeOf(organization).read(collection, revisionId(2))) ?? assert.fail();
  const text = textOf(9);
  const hash = await revisionHash({ ...(await readRevision(id, stored)), text });
  await edit(organization, collection, revisionId(2), { text, hash });
}

/** What a save leaves whose page ended between its two writes: the head is still the revision before. */
async function interrupt(organization: Organization, id: string): Promise<void> {
  const store = storeOf(organization);
  const before = (await store.read(heads, id)) ?? assert.fail();
  await saveText(registryOf(organization), id, textOf(4));
  store.damage(heads, before);
}

async function addForeignRevision(organization: Organization, id: string): Promise<void> {
  const store = storeOf(organization);
  const collection = revisionsOf(projectId, id);
  const third = (await store.read(collection, revisionId(3))) ?? assert.fail();
  await store.create(collection, documentOf(revisionId(4), { ...(await readRevision(id, third)), rev: 4 }));
}

const changed = /Revision 3 is intact|All 3 revisions are intact/;
const damages: readonly Damage[] = [
  {
    id: 'another-text',
    happen: editHead({ text: textOf(9) }),
    state: 'Damaged',
    model: /changed after it was saved: its content does not have its hash/,
    history: changed,
  },
  { id: 'no-text', happen: editHead({ text: 7 }), state: 'Damaged', model: /no valid text\./, history: changed },
  {
    id: 'other-types',
    happen: editHead({ rev: '3', updatedBy: [], updatedOn: 'now', status: 'on', comment: { a: 1 } }),
    state: 'Damaged',
    model: /no valid rev, status, updatedBy, updatedOn, comment\./,
    history: changed,
  },
  {
    id: 'unknown-format',
    happen: editHead({ format: '<b>2</b>' }),
    state: 'Damaged',
    model: /It has the format "<b>2<\/b>"; this version reads 1\./,
    history: changed,
  },
  {
    id: 'newer-format',
    happen: editHead({ format: 2, text: [1] }),
    state: 'Of a newer version',
    model: /A newer version of the extension saved it in the format 2/,
    history: changed,
  },
  {
    id: 'changed-revision',
    happen: editRevision(2, { text: textOf(9) }),
    state: 'Valid',
    history: /Revision 2: It was changed after it was saved/,
  },
  {
    id: 'replaced-revision',
    happen: replaceSecond,
    state: 'Valid',
    history: /Revision 3: It was not made from revision 2 as it is now: one of the two was replaced\./,
  },
  {
    id: 'missing-revision',
    happen: (organization, id) => storeOf(organization).remove(revisionsOf(projectId, id), revisionId(2)),
    state: 'Valid',
    history: /Revision 3: Revision 2 is missing\./,
  },
  {
    id: 'renumbered-revision',
    happen: async (organization, id) => {
      await editRevision(2, { rev: 7 })(organization, id);
    },
    state: 'Valid',
    history: /Revision 2: /,
  },
  { id: 'foreign-revision', happen: addForeignRevision, state: 'Valid', history: /Revision 4: / },
];

const says = ({ frame }: OpenHub, text: string | RegExp) => frame.getByText(text).first().waitFor();

describe('Documents that were damaged outside of the pages', function () {
  this.timeout(180_000);
  const { openHub, organization } = useHub({
    fill: async (filled) => {
      for (const { id, happen } of damages) {
        for (const epochs of [1, 2, 3]) await saveText(registryOf(filled), id, textOf(epochs));
        await happen(filled, id);
      }
    },
  });

  /** The documents of all models. */
  const stored = async (): Promise<readonly StoredDocument[]> => {
    const store = storeOf(organization());
    const collections = [heads, ...damages.map(({ id }) => revisionsOf(projectId, id))];
    return (await Promise.all(collections.map((each) => store.list(each)))).flat();
  };

  it('are told apart in the list, in the model and in its history, and stay as they are', async () => {
    const before = await stored();
    const hub = await openHub();
    for (const { id, state } of damages) {
      const row = hub.frame.getByRole('row').filter({ has: hub.frame.getByRole('link', { name: id, exact: true }) });
      await row.getByText(state, { exact: true }).waitFor();
    }
    for (const { id, state, model, history } of damages) {
      await hub.goto(`model=${id}`);
      await hub.frame.getByRole('heading', { name: id }).waitFor();
      if (model) await says(hub, model);
      else assert.equal(await hub.frame.locator('[data-cell="epochs/1"]').getAttribute('aria-readonly'), 'false', id);
      await hub.goto(`model=${id}&tab=history`);
      await says(hub, history);
      assert.equal(await hub.frame.locator('b').count(), 0, state);
    }
    assert.deepEqual(await stored(), before);
  });

  it('are continued from a revision that is intact; those of a newer version are not', async () => {
    const hub = await openHub();
    for (const { id, state, model } of damages.filter((each) => each.model)) {
      assert.ok(model);
      await hub.goto(`model=${id}&tab=history&rev=1`);
      const restore = hub.frame.getByRole('button', { name: 'Restore revision 1' });
      if (state === 'Of a newer version') {
        await says(hub, /A newer version of the extension saved the model/);
        assert.equal(await restore.isDisabled(), true);
        continue;
      }
      await restore.click();
      await hub.frame.getByRole('dialog').getByRole('button', { name: 'Restore', exact: true }).click();
      await says(hub, /Revision 4\b/);
      const saved = await registryOf(organization()).model(id);
      assert.deepEqual([saved?.rev, saved?.text, saved?.isIntact], [4, textOf(1), true], id);
    }
  });

  it('refuse a save after a revision that does not fit, and keep what was typed', async () => {
    const hub = await openHub({ hash: 'model=foreign-revision' });
    await typeInto(hub, 'epochs', 1, '44');
    await hub.frame.getByRole('button', { name: 'Review and save' }).click();
    await hub.frame.getByRole('button', { name: 'Save', exact: true }).click();
    await says(hub, /Revision 4 of foreign-revision is damaged/);
    await press(hub.page, 'Escape');
    assert.match(await hub.frame.locator('[data-cell="epochs/1"]').innerText(), /44/);
    await hub.page.reload();
    await hub.page.frameLocator('iframe').getByText('44').first().waitFor();
    assert.equal((await registryOf(organization()).model('foreign-revision'))?.text, textOf(3));
  });

  it('are completed where a save ended between its two writes', async () => {
    await saveText(registryOf(organization()), 'half', textOf(1));
    for (const epochs of [2, 3]) await saveText(registryOf(organization()), 'half', textOf(epochs));
    await interrupt(organization(), 'half');
    assert.equal((await storeOf(organization()).read(heads, 'half'))?.['rev'], 3);
    const hub = await openHub({ hash: 'model=half' });
    await says(hub, /Revision 4\b/);
    assert.equal((await hub.frame.locator('[data-cell="epochs/1"]').innerText()).trim(), '4');
    const head = await storeOf(organization()).read(heads, 'half');
    assert.deepEqual([head?.['rev'], head?.['text']], [4, textOf(4)]);
  });

  it('lose no revision where the document of a model was deleted, and its name is used again', async () => {
    await saveText(registryOf(organization()), 'deleted', textOf(1));
    storeOf(organization()).remove(heads, 'deleted');
    const hub = await openHub({ hash: 'model=deleted' });
    await says(hub, 'There is no model with the name deleted');
    await hub.goto('view=new&from=text');
    await hub.frame.getByLabel('Variables in YAML or JSON').fill(textOf(2));
    await hub.frame.getByLabel('Name of the model').fill('deleted');
    await hub.frame.getByRole('button', { name: 'Create model' }).click();
    await says(hub, 'There is a model with the name deleted already. Enter another name.');
    const revisions = await registryOf(organization()).revisions('deleted');
    assert.deepEqual(
      revisions.map(({ rev, text, isIntact }) => [rev, text, isIntact]),
      [[1, textOf(1), true]],
    );
  });
});
