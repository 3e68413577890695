import assert from 'node:assert/strict';
import { registryOf, saveText } from '../modelStage';
import { typeInto } from '../saves/reviewOnScreen';
import { churnText, fillProject } from '../screens/filledProject';
import { focused, press, useHub, type OpenHub } from '../support/browser';

/** A panel or a dialog, and where the focus is. */
interface Layer {
  readonly name: string;
  readonly hash: string;
  readonly prepare?: (hub: OpenHub) => Promise<unknown>;
  /** Opens it with the keyboard. */
  readonly open: (hub: OpenHub) => Promise<unknown>;
  /** The focused element when it has opened, and after it was closed; a review begins at its beginning, a `div`. */
  readonly first: RegExp;
  readonly opener: RegExp;
}

const enter = async ({ page, frame }: OpenHub, name: string | RegExp) => {
  await frame.getByRole('button', { name, exact: true }).first().focus();
  await press(page, 'Enter');
};

describe('The focus', function () {
  this.timeout(180_000);
  const { openHub, organization } = useHub({ fill: fillProject });
  const registry = () => registryOf(organization());
  const edit = (hub: OpenHub) => typeInto(hub, 'epochs', 1, '90');
  const command = async (hub: OpenHub, entry: string) => {
    await enter(hub, 'More actions');
    await hub.frame.getByRole('menuitem', { name: entry }).focus();
    await press(hub.page, 'Enter');
  };

  const layers: readonly Layer[] = [
    {
      name: 'the panel of a new variable',
      hash: 'model=churn',
      open: (hub) => enter(hub, 'Add variable'),
      first: /^input Name$/,
      opener: /^button Add variable/,
    },
    {
      name: 'the panel of a value',
      hash: 'model=churn',
      open: async ({ page, frame }) => {
        await frame.locator('[data-cell="packages/1"]').focus();
        await press(page, 'Shift+F10');
        await frame.getByRole('menuitem', { name: 'Edit in a panel' }).focus();
        await press(page, 'Enter');
      },
      first: /^textarea Value/,
      opener: /^gridcell .*requirements\.txt/,
    },
    {
      name: 'the review',
      hash: 'model=churn',
      prepare: edit,
      open: async (hub) => {
        await enter(hub, 'Review and save');
        await hub.frame.getByRole('dialog').getByRole('textbox').waitFor();
      },
      first: /^div$/,
      opener: /^button Review and save/,
    },
    {
      name: 'the dialog that discards edits',
      hash: 'model=churn',
      open: (hub) => enter(hub, 'Discard'),
      first: /^button Cancel/,
      opener: /^button Discard/,
    },
    {
      name: 'the dialog that replaces edits by a revision',
      hash: 'model=churn&tab=history&rev=1',
      open: (hub) => enter(hub, 'Restore revision 1'),
      first: /^button Cancel/,
      opener: /^button Restore revision 1/,
    },
    {
      name: 'the conflict',
      hash: 'model=churn',
      prepare: () => saveText(registry(), 'churn', churnText(70, 8)),
      open: async (hub) => {
        await enter(hub, 'Review and save');
        await hub.frame.getByRole('radio').first().waitFor();
      },
      first: /^input Yours/,
      opener: /^button Review and save/,
    },
    {
      name: 'the dialog that archives a model',
      hash: 'model=long',
      open: (hub) => command(hub, 'Archive'),
      first: /^button Cancel/,
      opener: /^button More actions/,
    },
    {
      name: 'the panel that links a file',
      hash: 'model=long&tab=repository',
      open: (hub) => enter(hub, 'Select a file'),
      first: /^select Repository/,
      opener: /^button Select a file/,
    },
    {
      name: 'the panel that links another file',
      hash: 'model=churn&tab=repository',
      open: (hub) => enter(hub, 'Change file'),
      first: /^select Repository/,
      opener: /^button Change file/,
    },
    {
      name: 'the panel of a pull request',
      hash: 'model=churn&tab=repository',
      open: (hub) => enter(hub, 'Open pull request'),
      first: /^input (Hub|File)/,
      opener: /^button Open pull request/,
    },
    {
      name: 'the panel that takes the values of the file',
      hash: 'model=churn&tab=repository',
      open: (hub) => enter(hub, 'Take from repository'),
      first: /^input (Hub|File)/,
      opener: /^button Take from repository/,
    },
    {
      name: 'the dialog that repairs a model',
      hash: 'model=damaged&tab=history&rev=1',
      open: (hub) => enter(hub, 'Restore revision 1'),
      first: /^input Comment/,
      opener: /^button Restore revision 1/,
    },
    {
      name: 'the review of the base variables',
      hash: 'view=settings&part=base',
      prepare: async ({ page, frame }) => {
        await frame.locator('.cm-content').click();
        await press(page, 'Control+Home');
        await page.keyboard.insertText('# All\n');
      },
      open: (hub) => enter(hub, 'Review and save'),
      first: /^div$/,
      opener: /^button Review and save/,
    },
  ];

  it('goes to the first field of each panel and dialog, and back to what opened it', async () => {
    const hub = await openHub();
    const { page, frame } = hub;
    const wrong: string[] = [];
    /** Waits a moment for the focus: the kit moves it after it has drawn a layer. */
    const expectFocus = async (wanted: RegExp, where: string) => {
      let at = '';
      for (let attempt = 0; attempt < 20; attempt += 1) {
        at = await focused(frame);
        if (wanted.test(at)) return;
        await frame.evaluate(() => new Promise((resolve) => setTimeout(resolve, 50)));
      }
      wrong.push(`${where}: ${at.slice(0, 80)} instead of ${String(wanted)}`);
    };
    for (const { name, hash, prepare, open, first, opener } of layers) {
      await hub.goto(hash);
      await prepare?.(hub);
      await open(hub);
      const layer = frame.getByRole('dialog');
      await layer.waitFor();
      await expectFocus(first, `${name} opens`);
      await press(page, 'Escape');
      await layer.waitFor({ state: 'detached' });
      await expectFocus(opener, `${name} was closed by Escape`);
      await open(hub);
      await layer.getByRole('button', { name: /^(Cancel|Keep editing)$/ }).focus();
      await press(page, 'Escape');
      await layer.waitFor({ state: 'detached' });
      await expectFocus(opener, `${name} was closed by Escape on a button`);
      await open(hub);
      await layer.getByRole('button', { name: /^(Cancel|Keep editing)$/ }).focus();
      await press(page, 'Enter');
      await layer.waitFor({ state: 'detached' });
      await expectFocus(opener, `${name} was closed by its button`);
    }
    assert.deepEqual(wrong, []);
  });
});
