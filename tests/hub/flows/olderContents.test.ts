import assert from 'node:assert/strict';
import type { Fault } from '../../../sandbox/http/faults';
import { registryOf, saveText } from '../modelStage';
import { saveOnScreen, typeInto } from '../saves/reviewOnScreen';
import { churnText, fillProject } from '../screens/filledProject';
import { axe, press, useHub, type OpenHub } from '../support/browser';

/** Something that the page reads again although it shows an earlier answer. */
interface Reading {
  readonly name: string;
  readonly hash: string;
  /** What is shown before requests fail. */
  readonly shows: string | RegExp;
  /** Of the requests that fail. */
  readonly path: Exclude<Fault['path'], undefined>;
  /** What makes the page read again. */
  readonly start: (hub: OpenHub) => Promise<void>;
  /** What was read earlier. */
  readonly sentence: string | RegExp;
  /** What is shown while nothing can be read, and after it could be read. */
  readonly meanwhile?: string | RegExp;
  readonly isNew: string | RegExp;
}

const list = /\/models-[^/]*\/Documents$/i;
const document = (id: string) => new RegExp(`/models-[^/]*/Documents/${id}$`, 'i');
const olderList = 'The models could not be read again. What is shown here was read earlier.';
const click = ({ frame }: OpenHub, name: string | RegExp) =>
  frame.getByRole('button', { name, exact: true }).first().click();
const says = ({ frame }: OpenHub, text: string | RegExp) => frame.getByText(text).first().waitFor();
const focusPage = ({ frame }: OpenHub) => frame.evaluate(() => void dispatchEvent(new Event('focus')));

describe('What is shown although it could not be read again', function () {
  this.timeout(120_000);
  const { openHub, organization } = useHub({ fill: fillProject });
  const registry = () => registryOf(organization());

  const readings: readonly Reading[] = [
    {
      name: 'the file of a model',
      hash: 'model=churn&tab=repository',
      shows: 'The hub and the file have both been changed.',
      path: /\/git\/repositories/i,
      start: (hub) => click(hub, 'Refresh'),
      sentence: 'The file could not be read again. What is shown here was read earlier.',
      isNew: 'The hub and the file have both been changed.',
    },
    {
      name: 'the newest revision of a model',
      hash: 'model=churn',
      shows: /Revision 2\b/,
      path: document('churn'),
      start: async (hub) => {
        await saveText(registry(), 'churn', churnText(70));
        await focusPage(hub);
      },
      sentence: 'The newest revision of churn could not be read. Revision 2 is shown.',
      isNew: /Revision 3\b/,
    },
    {
      name: 'the newest revision of a compared model',
      hash: 'view=compare&left=churn&leftEnv=dev&right=churn&rightEnv=prod',
      shows: '600',
      path: document('churn'),
      start: focusPage,
      sentence: 'The newest revision of churn could not be read. Revision 2 is shown.',
      isNew: '600',
    },
    {
      name: 'the newest revision of the base variables',
      hash: '',
      shows: 'churn',
      path: document('base'),
      start: async (hub) => {
        const base = await registry().base();
        await registry().saveBase({ text: 'variables:\n  region: newest\n', comment: '', base });
        await hub.goto('view=settings&part=base');
      },
      sentence: 'The newest revision could not be read. What is shown here was read earlier.',
      meanwhile: 'westeurope',
      isNew: 'newest',
    },
    {
      name: 'the list of models after a save of a model',
      hash: 'model=churn',
      shows: '350',
      path: list,
      start: async (hub) => {
        await typeInto(hub, 'epochs', 1, '90');
        await saveOnScreen(hub, { keepsOwn: () => true, onConflict: () => undefined });
        await click(hub, 'Back to all models');
      },
      sentence: olderList,
      isNew: /^(revision 3|r3)$/i,
    },
    {
      name: 'the list of models after a model was created',
      hash: 'view=new&from=text',
      shows: 'Variables in YAML or JSON',
      path: list,
      start: async (hub) => {
        await hub.frame.getByLabel('Variables in YAML or JSON').fill(churnText(5).replace('churn', 'fresh'));
        await click(hub, 'Create model');
      },
      sentence: olderList,
      isNew: /Revision 1\b/,
    },
    {
      name: 'the settings after they were saved',
      hash: 'view=settings',
      shows: 'Protected environments',
      path: list,
      start: async (hub) => {
        await hub.frame.getByRole('checkbox', { name: 'prod' }).click();
        await click(hub, 'Save');
      },
      sentence: olderList,
      isNew: 'Protected environments',
    },
    {
      name: 'the list of models after the base variables were saved',
      hash: 'view=settings&part=base',
      shows: 'westeurope',
      path: list,
      start: async (hub) => {
        await hub.frame.locator('.cm-content').click();
        await press(hub.page, 'Control+Home');
        await hub.page.keyboard.insertText('# All\n');
        await press(hub.page, 'Control+s');
        await click(hub, 'Save');
        await hub.frame.getByRole('dialog').waitFor({ state: 'detached' });
      },
      sentence: olderList,
      isNew: 'Revision 2',
    },
    {
      name: 'the list of models after an import',
      hash: 'view=settings&part=data',
      shows: 'File to import',
      path: list,
      start: async (hub) => {
        const content = { format: 'model-registry-export/1', models: [{ id: 'fraud', text: churnText(1) }] };
        const buffer = Buffer.from(JSON.stringify(content));
        const file = { name: 'export.json', mimeType: 'application/json', buffer };
        await hub.frame.getByLabel('File to import').setInputFiles(file);
        await click(hub, /^Import 1 change/);
        await says(hub, '1 change was imported.');
      },
      sentence: olderList,
      isNew: '1 change was imported.',
    },
    {
      name: 'a model whose history was repaired',
      hash: 'model=damaged&tab=history&rev=1',
      shows: /^Restore/,
      path: list,
      start: async (hub) => {
        await click(hub, /^Restore/);
        await hub.frame.getByRole('dialog').getByRole('button', { name: 'Restore', exact: true }).click();
        await hub.frame.getByRole('dialog').waitFor({ state: 'detached' });
      },
      sentence: olderList,
      isNew: /Revision 3\b/,
    },
  ];

  for (const { name, hash, shows, path, start, sentence, meanwhile, isNew } of readings)
    it(`says so for ${name}, and reads it again`, async () => {
      const { faults } = organization();
      const hub = await openHub({ hash });
      await says(hub, shows);
      faults.add({ effect: 'reset', path, method: 'GET', times: 100 });
      await start(hub);
      await says(hub, sentence);
      await says(hub, 'Azure DevOps did not answer.');
      if (meanwhile !== undefined) await says(hub, meanwhile);
      assert.deepEqual(await axe(hub.frame), []);
      faults.clear();
      await click(hub, 'Try again');
      await hub.frame.getByText(sentence).first().waitFor({ state: 'detached' });
      await says(hub, isNew);
      assert.equal(await hub.frame.getByRole('button', { name: 'Try again' }).count(), 0);
    });
});
