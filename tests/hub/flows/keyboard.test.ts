import assert from 'node:assert/strict';
import { projectId } from '../../../sandbox/agent/variables/predefined';
import { Definitions } from '../../../sandbox/devops/build/definitions/definitions';
import { sendToDevops } from '../../support/devops/fixture';
import { focused, press, tabTo, useHub, type OpenHub } from '../support/browser';
import { registryOf, saveText } from '../modelStage';
import { typeInto } from '../saves/reviewOnScreen';
import { churnText, filePath, fillProject } from '../screens/filledProject';

describe('With the keyboard alone', function () {
  this.timeout(120_000);
  const { openHub, organization } = useHub({ fill: fillProject });
  const registry = () => registryOf(organization());

  const to = ({ page, frame }: OpenHub, what: RegExp, key?: string) => tabTo(page, frame, what, key, 120);
  const use = async (hub: OpenHub, what: RegExp) => {
    await to(hub, what);
    await press(hub.page, 'Enter');
  };
  const says = ({ frame }: OpenHub, text: string | RegExp) => frame.getByText(text).first().waitFor();
  const save = async (hub: OpenHub) => {
    await hub.frame.getByText('Changed lines').or(hub.frame.getByLabel('Changed lines')).first().waitFor();
    await use(hub, /^button Save$/);
  };
  /** Opens an entry of the menu of the header. */
  const command = async (hub: OpenHub, entry: string) => {
    await use(hub, /^button More actions/);
    for (let count = 0; (await focused(hub.frame)) !== `menuitem ${entry}`; count += 1) {
      assert.ok(count < 5, `the menu has no ${entry}`);
      await press(hub.page, 'ArrowDown');
    }
    await press(hub.page, 'Enter');
  };

  it('chooses a value in a conflict, and saves', async () => {
    const hub = await openHub({ hash: 'model=churn' });
    await to(hub, /^(gridcell|rowheader)/);
    await press(hub.page, 'Control+Home');
    await hub.frame.locator('[data-cell="epochs/1"]').focus();
    await press(hub.page, '9');
    await press(hub.page, '0', 'Enter');
    await saveText(registry(), 'churn', churnText(70, 8));
    await use(hub, /^button Review and save/);
    await says(hub, 'Someone else changed the same values');
    assert.match(await focused(hub.frame), /^input Yours/);
    await press(hub.page, 'ArrowDown');
    assert.equal(await hub.frame.getByRole('radio', { name: 'Theirs: 70' }).isChecked(), true);
    await press(hub.page, 'ArrowUp');
    await use(hub, /^button Use these values/);
    await save(hub);
    await says(hub, /Revision 4\b/);
    assert.equal((await registry().model('churn'))?.text, churnText(90, 8));
  });

  it('keeps editing, discards the changes, and archives and restores a model', async () => {
    const hub = await openHub({ hash: 'model=churn' });
    await typeInto(hub, 'epochs', 1, '90');
    await saveText(registry(), 'churn', churnText(70, 8));
    await use(hub, /^button Review and save/);
    await says(hub, 'Someone else changed the same values');
    await press(hub.page, 'Escape');
    assert.match(await hub.frame.locator('[data-cell="epochs/1"]').innerText(), /90/);
    await use(hub, /^button Discard/);
    await says(hub, 'Discard the changes?');
    await use(hub, /^button Discard/);
    await says(hub, /Revision 3\b/);
    await command(hub, 'Archive');
    await says(hub, 'Archive churn?');
    await use(hub, /^button Archive/);
    await says(hub, 'The model is archived');
    await use(hub, /^button Restore/);
    await hub.frame.getByRole('button', { name: 'Restore' }).waitFor({ state: 'hidden' });
    assert.equal((await registry().model('churn'))?.status, 'active');
  });

  it('adds a variable in the panel, and removes it with the menu', async () => {
    const hub = await openHub({ hash: 'model=churn' });
    await use(hub, /^button Add variable/);
    await hub.frame.getByRole('dialog').waitFor();
    await to(hub, /^input/);
    await hub.page.keyboard.type('training.rate');
    await to(hub, /^textarea/);
    await hub.page.keyboard.type('0.5');
    await use(hub, /^button Apply/);
    const cell = hub.frame.locator('[data-cell="training.rate/1"]');
    await cell.waitFor();
    await cell.focus();
    await press(hub.page, 'Shift+F10');
    await hub.frame.getByRole('menu').waitFor();
    await press(hub.page, 'End', 'Enter');
    await cell.waitFor({ state: 'detached' });
  });

  it('opens a revision from the history, and restores it', async () => {
    const hub = await openHub({ hash: 'model=churn' });
    await to(hub, /^tab Variables/);
    await press(hub.page, 'ArrowRight', 'ArrowRight', 'Enter');
    await use(hub, /^a Revision 1$/);
    await use(hub, /^button Restore revision 1/);
    await save(hub);
    await says(hub, /Revision 3\b/);
    const saved = await registry().model('churn');
    assert.deepEqual([saved?.text, saved?.comment], [churnText(300), 'Restore revision 1']);
  });

  it('takes the values of the file, with a choice for each name that both changed', async () => {
    const hub = await openHub({ hash: 'model=churn&tab=repository' });
    await says(hub, 'The hub and the file have both been changed.');
    await use(hub, /^button Take from repository/);
    await hub.frame.getByRole('group', { name: 'epochs' }).waitFor();
    await to(hub, /^input/);
    for (let count = 0; !(await hub.frame.getByRole('radio', { name: /^Hub/ }).isChecked()); count += 1) {
      assert.ok(count < 2, 'the arrow keys do not choose');
      await press(hub.page, 'ArrowDown');
    }
    await use(hub, /^button Review$/);
    await save(hub);
    await says(hub, /Revision 3\b/);
    assert.equal((await registry().model('churn'))?.text, churnText(350, 8));
  });

  it('links a model to a file of a repository', async () => {
    await saveText(registry(), 'plain', churnText(1));
    const hub = await openHub({ hash: 'model=plain&tab=repository' });
    await use(hub, /^button Select a file/);
    await hub.frame.getByLabel('File', { exact: true }).waitFor();
    await use(hub, /^button Link the file/);
    await use(hub, /^button Save$/);
    await says(hub, 'were never the same');
    assert.equal((await registry().model('plain'))?.repository?.path, filePath);
  });

  it('protects an environment, and changes the base variables, in the settings', async () => {
    const hub = await openHub();
    await command(hub, 'Settings');
    await to(hub, /^checkbox prod/);
    await press(hub.page, 'Space');
    await use(hub, /^button Save$/);
    await hub.page.waitForFunction(() => window.host?.toasts.length === 1);
    assert.deepEqual((await registry().settings()).settings.protectedEnvironments, ['prod']);
    await to(hub, /^tab General/, 'Shift+Tab');
    await press(hub.page, 'ArrowRight', 'Enter');
    await to(hub, /^textbox Base variables/);
    await press(hub.page, 'Control+Home', 'ArrowDown', 'End');
    await hub.page.keyboard.type(' # of the cluster');
    await press(hub.page, 'Control+s');
    await use(hub, /^button Save$/);
    await says(hub, /Revision 2\b/);
    assert.match((await registry().base())?.text ?? '', /region: westeurope # of the cluster\n/);
  });

  it('imports a file in the settings', async () => {
    const hub = await openHub({ hash: 'view=settings&part=data' });
    const chosen = hub.page.waitForEvent('filechooser');
    await to(hub, /^input .*File to import/);
    await press(hub.page, 'Enter');
    const content = { format: 'model-registry-export/1', models: [{ id: 'fraud', text: churnText(1) }] };
    const buffer = Buffer.from(JSON.stringify(content));
    await (await chosen).setFiles({ name: 'export.json', mimeType: 'application/json', buffer });
    await use(hub, /^button Import 1 change/);
    await says(hub, '1 change was imported.');
    assert.equal((await registry().model('fraud'))?.text, churnText(1));
  });

  it('creates a model from a repository, and from YAML', async () => {
    const hub = await openHub();
    const choose = async (downs: number) => {
      await use(hub, /^button New model/);
      await hub.frame.getByRole('radio').first().waitFor();
      await to(hub, /^input/);
      for (let count = 0; count < downs; count += 1) await press(hub.page, 'ArrowDown');
    };
    const enterName = async (name: string) => {
      await hub.frame.getByLabel('Name of the model').waitFor();
      await to(hub, /^input (Name of the model|churn)/);
      await press(hub.page, 'Control+a');
      await hub.page.keyboard.type(name);
      await use(hub, /^button Create model/);
      await hub.frame.getByRole('heading', { name }).waitFor();
      await use(hub, /^button Back to all models/);
    };
    await choose(1);
    await hub.frame.getByRole('table').waitFor();
    await enterName('from-file');
    await choose(2);
    await to(hub, /^textarea/);
    await hub.page.keyboard.insertText(churnText(5));
    await enterName('from-yaml');
    const models = await registry().models();
    const texts = new Map(models.map(({ id, text, repository }) => [id, [text, repository?.path]]));
    assert.deepEqual(texts.get('from-file'), [churnText(400, 8), filePath]);
    assert.deepEqual(texts.get('from-yaml'), [churnText(5), undefined]);
  });

  it('fills in the form of the onboarding pipeline, and starts it', async () => {
    const hub = await openHub();
    await use(hub, /^button New model/);
    await hub.frame.getByRole('radio').first().waitFor();
    await to(hub, /^input/);
    await press(hub.page, 'Space');
    await hub.frame.getByLabel('Model name').waitFor();
    // The form is left without a name first: the field says so, and keeps the rest.
    await to(hub, /^select Serving type/);
    await press(hub.page, 'ArrowDown');
    await use(hub, /^button Start the pipeline/);
    await says(hub, 'Enter a value.');
    await to(hub, /Model name/, 'Shift+Tab');
    await hub.page.keyboard.type('fraud');
    await use(hub, /^button Start the pipeline/);
    await hub.frame.getByRole('link', { name: /^Open the run/ }).waitFor();
    assert.match(await focused(hub.frame), /^a Open the run/);
    const [definition] = organization().state.of(Definitions).ofProject(projectId);
    const { body } = await sendToDevops(organization(), `local/_apis/pipelines/${definition?.id ?? 0}/runs`);
    const { value: runs } = body as { value: readonly { templateParameters: object }[] };
    assert.deepEqual(
      runs.map(({ templateParameters }) => templateParameters),
      [{ model: 'fraud', serving: 'rest', registry: 'contoso' }],
    );
  });
});
