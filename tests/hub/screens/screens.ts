import type { Organization } from '../../../sandbox/devops/organization';
import { registryOf, saveText } from '../modelStage';
import { addRecordedRun } from '../run/recordedRun';
import { wholeRun } from '../run/sampleRecords';
import { typeInto } from '../saves/reviewOnScreen';
import { press, type OpenHub, type OpenOptions } from '../support/browser';
import { churnText, fillProject, longName, protectProd } from './filledProject';

/** A screen, a panel or a dialog, and how a person comes to it. */
export interface ShownScreen {
  readonly name: string;
  readonly options: OpenOptions | ((organization: Organization) => OpenOptions);
  /** A project in use by default. */
  readonly fill?: (organization: Organization) => Promise<void> | void;
  /** Ends when the screen is shown, on a narrow page and on a wide one. */
  readonly arrive: (hub: OpenHub, organization: Organization) => Promise<unknown>;
}

const says = ({ frame }: OpenHub, text: string | RegExp) => frame.getByText(text).first().waitFor();
const click = ({ frame }: OpenHub, name: string | RegExp) =>
  frame.getByRole('button', { name, exact: true }).first().click();
const menu = async (hub: OpenHub, entry: string) => {
  await click(hub, 'More actions');
  await hub.frame.getByRole('menuitem', { name: entry }).click();
};
const editChurn = (hub: OpenHub, value = '900') => typeInto(hub, 'epochs', 1, value);
const review = async (hub: OpenHub) => {
  await editChurn(hub);
  await click(hub, 'Review and save');
};
const model = (rest = '', id = 'churn'): OpenOptions => ({ hash: `model=${id}${rest}` });
const settings = (part: string): OpenOptions => ({ hash: `view=settings&part=${part}` });
const typeIntoEditor = async (hub: OpenHub, typed: string) => {
  await hub.frame.locator('.cm-content').click();
  await press(hub.page, 'Control+End');
  await hub.page.keyboard.insertText(typed);
};
const fromWay = (way: string): OpenOptions => ({ hash: `view=new&from=${way}` });

const models: readonly ShownScreen[] = [
  { name: 'Models', options: {}, arrive: async (hub) => hub.frame.getByRole('link', { name: 'damaged' }).waitFor() },
  { name: 'Models, menu', options: {}, arrive: (hub) => click(hub, 'More actions') },
  { name: 'Models, nothing found', options: { hash: 'q=zzz' }, arrive: (hub) => says(hub, 'No models match') },
  { name: 'Models, first use', options: {}, fill: () => undefined, arrive: (hub) => says(hub, 'Keep the variables') },
  { name: 'A model that does not exist', options: model('', '<b>x</b>'), arrive: (hub) => says(hub, 'There is no') },
];

const variables: readonly ShownScreen[] = [
  { name: 'Variables', options: model(), arrive: (hub) => hub.frame.getByRole('grid').waitFor() },
  { name: 'Variables, long names', options: model('', 'long'), arrive: (hub) => says(hub, longName) },
  { name: 'Variables, archived', options: model('', 'archived'), arrive: (hub) => says(hub, 'is archived') },
  { name: 'Variables, damaged', options: model('', 'damaged'), arrive: (hub) => says(hub, 'is damaged') },
  {
    name: 'Variables, a refused value in a cell',
    options: model(),
    arrive: async (hub) => {
      await hub.frame.locator('[data-cell="epochs/1"]').click();
      await hub.page.keyboard.type('{a: 1}');
      await press(hub.page, 'Enter');
      await hub.frame.getByRole('alert').waitFor();
    },
  },
  {
    name: 'Variables, menu of a cell',
    options: model(),
    arrive: async (hub) => {
      await hub.frame.locator('[data-cell="epochs/1"]').click({ button: 'right' });
      await hub.frame.getByRole('menu').waitFor();
    },
  },
  {
    name: 'Variables, panel of a value',
    options: model(),
    arrive: async (hub) => {
      await hub.frame.locator('[data-cell="epochs/1"]').click({ button: 'right' });
      await hub.frame.getByRole('menuitem', { name: 'Edit in a panel' }).click();
      await hub.frame.getByRole('dialog').getByRole('textbox').waitFor();
    },
  },
  {
    name: 'Variables, a new variable without a name',
    options: model(),
    arrive: async (hub) => {
      await click(hub, 'Add variable');
      await click(hub, 'Apply');
      await says(hub, 'Enter a name.');
    },
  },
  {
    name: 'Variables, changed and saved by someone else',
    options: model(),
    arrive: async (hub, organization) => {
      await editChurn(hub);
      const registry = registryOf(organization);
      const { text = '' } = (await registry.model('churn')) ?? {};
      await saveText(registry, 'churn', text.replace(/seed: \d+/, `seed: ${text.length}1`));
      await hub.frame.evaluate(() => dispatchEvent(new Event('focus')));
      await says(hub, 'while you were editing');
    },
  },
  {
    name: 'Discard',
    options: model(),
    arrive: async (hub) => {
      await editChurn(hub);
      await click(hub, 'Discard');
      await says(hub, 'Discard the changes?');
    },
  },
  {
    name: 'Archive',
    options: model(),
    arrive: async (hub) => {
      await menu(hub, 'Archive');
      await says(hub, 'Archive churn?');
    },
  },
];

const reviews: readonly ShownScreen[] = [
  {
    name: 'Review',
    options: model(),
    arrive: async (hub) => (await review(hub), hub.frame.getByLabel('Changed lines').waitFor()),
  },
  {
    name: 'Review, with problems',
    options: model(),
    arrive: async (hub) => {
      await typeInto(hub, 'modelName', 1, '<script>');
      await click(hub, 'Review and save');
      await says(hub, 'Correct these problems');
    },
  },
  {
    name: 'Review, a protected environment without a comment',
    options: model(),
    fill: async (organization) => {
      await fillProject(organization);
      await protectProd(organization);
    },
    arrive: async (hub) => {
      await typeInto(hub, 'seed', 1, '9');
      await click(hub, 'Review and save');
      await click(hub, 'Open pull request');
      await says(hub, 'Enter a comment');
    },
  },
  {
    name: 'Review, refused',
    options: model(),
    arrive: async (hub) => {
      await review(hub);
      await hub.failNext('createDocument', { message: 'No.', status: 403 });
      await click(hub, 'Save');
      await says(hub, 'You do not have permission');
    },
  },
  {
    name: 'Conflict',
    options: model(),
    arrive: async (hub, organization) => {
      await editChurn(hub, '901');
      await saveText(registryOf(organization), 'churn', churnText(hub.page.viewportSize()?.width ?? 0));
      await click(hub, 'Review and save');
      await says(hub, 'Someone else changed the same values');
    },
  },
  {
    name: 'Conflict of texts',
    options: model('&tab=file'),
    arrive: async (hub, organization) => {
      await typeIntoEditor(hub, 'not: [a variable file');
      await saveText(registryOf(organization), 'churn', churnText(902, hub.page.viewportSize()?.width));
      await click(hub, 'Review and save');
      await says(hub, 'cannot be merged by name');
    },
  },
];

const tabs: readonly ShownScreen[] = [
  { name: 'File', options: model('&tab=file'), arrive: (hub) => hub.frame.locator('.cm-content').waitFor() },
  {
    name: 'File, with problems',
    options: model('&tab=file'),
    arrive: async (hub) => {
      await typeIntoEditor(hub, `  ${longName}: [1\n`);
      await hub.frame.getByRole('button', { name: /Line/ }).first().waitFor();
    },
  },
  {
    name: 'File, search',
    options: model('&tab=file'),
    arrive: async (hub) => {
      await hub.frame.locator('.cm-content').click();
      await press(hub.page, 'Control+f');
      await hub.frame.locator('.cm-search').waitFor();
    },
  },
  { name: 'History', options: model('&tab=history'), arrive: (hub) => says(hub, 'All 2 revisions are intact') },
  { name: 'History, damaged', options: model('&tab=history', 'damaged'), arrive: (hub) => says(hub, 'The history is') },
  {
    name: 'History, a revision',
    options: model('&tab=history&rev=2&against=1'),
    arrive: (hub) => says(hub, 'No run of'),
  },
  {
    name: 'History, edits that are replaced',
    options: model(),
    arrive: async (hub) => {
      await editChurn(hub);
      await hub.goto('model=churn&tab=history&rev=1');
      await click(hub, 'Restore revision 1');
      await says(hub, 'Replace your unsaved edits?');
    },
  },
  {
    name: 'History, repair',
    options: model('&tab=history&rev=1', 'damaged'),
    arrive: async (hub) => {
      await click(hub, 'Restore revision 1');
      await says(hub, 'Restore revision 1?');
    },
  },
  {
    name: 'Repository',
    options: model('&tab=repository'),
    arrive: (hub) => says(hub, 'The hub and the file have both been changed.'),
  },
  {
    name: 'Repository, not linked',
    options: model('&tab=repository', 'long'),
    arrive: (hub) => says(hub, 'This model is not linked to a file'),
  },
  {
    name: 'Repository, link',
    options: model('&tab=repository'),
    arrive: async (hub) => {
      await click(hub, 'Change file');
      await hub.frame.getByLabel('File', { exact: true }).waitFor();
    },
  },
  {
    name: 'Repository, take',
    options: model('&tab=repository'),
    arrive: async (hub) => {
      await click(hub, 'Take from repository');
      await hub.frame.getByRole('group', { name: 'epochs' }).waitFor();
    },
  },
  {
    name: 'Repository, pull request',
    options: model('&tab=repository'),
    arrive: async (hub) => {
      await click(hub, 'Open pull request');
      await hub.frame.getByRole('dialog').getByRole('textbox').waitFor();
    },
  },
];

const others: readonly ShownScreen[] = [
  {
    name: 'Compare',
    options: { hash: 'view=compare&left=churn&leftEnv=dev&right=long' },
    arrive: (hub) => says(hub, /variables differ/),
  },
  { name: 'Settings, general', options: settings('general'), arrive: (hub) => says(hub, 'Who may edit') },
  {
    name: 'Settings, general with changes',
    options: settings('general'),
    arrive: async (hub) => {
      await hub.frame.getByRole('checkbox', { name: 'prod' }).click();
      await hub.frame.getByRole('button', { name: 'Save', exact: true }).waitFor();
    },
  },
  {
    name: 'Settings, base variables with problems',
    options: settings('base'),
    arrive: async (hub) => {
      await typeIntoEditor(hub, 'environments: 1\n');
      await press(hub.page, 'Control+s');
      await says(hub, 'Correct these problems');
    },
  },
  {
    name: 'Settings, schema',
    options: settings('schema'),
    arrive: async (hub) => {
      await click(hub, 'Take from a repository');
      await hub.frame.getByLabel('Repository').waitFor();
    },
  },
  {
    name: 'Settings, import',
    options: settings('data'),
    arrive: async (hub) => {
      const content = { format: 'model-registry-export/1', models: [longName, 'New'].map((id) => ({ id, text: '' })) };
      const buffer = Buffer.from(JSON.stringify(content));
      const file = { name: 'export.json', mimeType: 'application/json', buffer };
      await hub.frame.getByLabel('File to import').setInputFiles(file);
      await says(hub, 'Cannot be imported');
    },
  },
  {
    name: 'New model, from the template',
    options: fromWay('template'),
    arrive: async (hub) => {
      await click(hub, 'Start the pipeline');
      await says(hub, 'Enter a value.');
    },
  },
  {
    name: 'New model, without an onboarding pipeline',
    options: fromWay('template'),
    fill: () => undefined,
    arrive: (hub) => says(hub, 'This project has no onboarding pipeline'),
  },
  {
    name: 'New model, from a repository',
    options: fromWay('repository'),
    arrive: (hub) => hub.frame.getByRole('table').waitFor(),
  },
  {
    name: 'New model, from YAML with problems',
    options: fromWay('text'),
    arrive: async (hub) => {
      await hub.frame.getByRole('textbox').first().fill(`variables: { ${longName}: 1, password: x }`);
      await says(hub, 'looks like a secret');
    },
  },
  {
    name: 'New model, from a table',
    options: fromWay('table'),
    arrive: async (hub) => {
      await hub.frame.getByRole('textbox').first().fill(`${longName}\t${longName}\n§\t1`);
      await says(hub, 'cannot be the name of a variable');
    },
  },
  {
    name: 'The tab of a run',
    options: (organization) => ({ page: 'run', build: addRecordedRun(organization, wholeRun).id }),
    arrive: (hub) => hub.frame.getByRole('heading', { name: 'Evaluation', exact: true }).waitFor(),
  },
  {
    name: 'The tab of a run that recorded nothing',
    options: (organization) => ({ page: 'run', build: addRecordedRun(organization, {}).id }),
    arrive: (hub) => says(hub, 'No step of this run recorded anything'),
  },
];

/** All screens of the extension: what is true of each is tested with this table. */
export const screens: readonly ShownScreen[] = [...models, ...variables, ...reviews, ...tabs, ...others];
