import assert from 'node:assert/strict';
import { registryOf, saveText } from '../modelStage';
import { addRecordedRun } from '../run/recordedRun';
import { variables } from '../run/sampleRecords';
import { churnText, fillProject } from '../screens/filledProject';
import { focusedAtLast, press, useHub, type OpenHub } from '../support/browser';

/** An action that removes the control that has the focus. */
interface Removal {
  readonly name: string;
  readonly hash: string;
  /** Ends with the control focused. */
  readonly arrive: (hub: OpenHub) => Promise<unknown>;
  /** Presses keys, and waits until the control is gone. */
  readonly act: (hub: OpenHub) => Promise<unknown>;
  readonly then: RegExp;
}

const focus = ({ frame }: OpenHub, name: string | RegExp) =>
  frame.getByRole('button', { name, exact: true }).first().focus();
const gone = ({ frame }: OpenHub, name: string | RegExp) =>
  frame.getByRole('button', { name, exact: true }).waitFor({ state: 'detached' });

describe('The focus, when what has it is removed,', function () {
  this.timeout(120_000);
  const { openHub, organization } = useHub({
    fill: async (filled) => {
      await fillProject(filled);
      for (let epochs = 1; epochs <= 60; epochs += 1) await saveText(registryOf(filled), 'churn', churnText(epochs));
    },
  });

  const removals: readonly Removal[] = [
    {
      name: 'saving the settings',
      hash: 'view=settings',
      arrive: async (hub) => {
        await hub.frame.getByRole('checkbox', { name: 'prod' }).click();
        await focus(hub, 'Save');
      },
      act: async (hub) => (await press(hub.page, 'Enter'), gone(hub, 'Save')),
      then: /^checkbox Refuse to save/,
    },
    {
      name: 'discarding choices in the settings',
      hash: 'view=settings',
      arrive: async (hub) => {
        await hub.frame.getByRole('checkbox', { name: 'dev' }).click();
        await focus(hub, 'Discard');
      },
      act: async (hub) => (await press(hub.page, 'Enter'), gone(hub, 'Discard')),
      then: /^checkbox Refuse to save/,
    },
    {
      name: 'showing the rest of the history',
      hash: 'model=churn&tab=history',
      arrive: (hub) => focus(hub, /^Show \d+ more$/),
      act: async (hub) => (await press(hub.page, 'Enter'), gone(hub, /^Show \d+ more$/)),
      then: /^input Select revision 13 /,
    },
    {
      name: 'comparing two revisions',
      hash: 'model=churn&tab=history',
      arrive: async (hub) => {
        for (const rev of [60, 58]) await hub.frame.getByLabel(`Select revision ${rev} for`).check();
        await focus(hub, 'Compare revisions 58 and 60');
      },
      act: async (hub) => (await press(hub.page, 'Enter'), gone(hub, 'Compare revisions 58 and 60')),
      then: /^tab /,
    },
    {
      name: 'restoring a revision',
      hash: 'model=churn&tab=history&rev=5',
      arrive: async (hub) => {
        await focus(hub, 'Restore revision 5');
        await press(hub.page, 'Enter');
        await focus(hub, 'Save');
      },
      act: async (hub) => (await press(hub.page, 'Enter'), gone(hub, 'Save')),
      then: /^(tab|a) /,
    },
    {
      name: 'opening a model from the list',
      hash: '',
      arrive: ({ frame }) => frame.getByRole('link', { name: 'churn' }).focus(),
      act: async ({ page, frame }) => (await press(page, 'Enter'), frame.getByRole('grid').waitFor()),
      then: /^heading churn/,
    },
  ];

  it('goes to the control before it, or to the page', async () => {
    const hub = await openHub();
    const wrong: string[] = [];
    for (const { name, hash, arrive, act, then } of removals) {
      await hub.goto(hash);
      await arrive(hub);
      await act(hub);
      const at = await focusedAtLast(hub.frame, then);
      if (!then.test(at)) wrong.push(`${name}: ${at.slice(0, 80)} instead of ${String(then)}`);
    }
    assert.deepEqual(wrong, []);
  });

  it('stays in the comparison, where Ctrl+Z takes the last copy back', async () => {
    const { page, frame } = await openHub({ hash: 'view=compare&left=churn&leftEnv=dev&right=churn&rightEnv=prod' });
    await frame.locator('.hub-copy').first().focus();
    await press(page, 'Enter');
    await frame.getByText('No differences').waitFor();
    await frame.waitForFunction(() => document.activeElement !== document.body);
    await press(page, 'Control+z');
    await frame.getByText('The copy of epochs was undone.').waitFor();
  });

  it('does not leave the page of the host', async () => {
    const { page, frame } = await openHub({ hash: 'model=churn&tab=history' });
    await frame.getByRole('button', { name: 'Show 12 more' }).focus();
    await page.getByRole('button', { name: 'Theme' }).focus();
    await frame.evaluate(() => document.querySelector('.hub-history-bar ~ .hub-actions')?.remove());
    await frame.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Theme');
  });

  it('stays on the tab of a run when all rows are shown', async () => {
    const many = Array.from({ length: 60 }, (_, index) => ({
      ...{ name: `variable${index}`, value: String(index), source: 'hub r7:1', overridden: [] },
    }));
    const stages = { Build: { Build: { Load: { ...variables, variables: many } } } };
    const { page, frame } = await openHub({ page: 'run', build: addRecordedRun(organization(), stages).id });
    await frame.getByRole('button', { name: 'Show 10 more' }).focus();
    await press(page, 'Enter');
    await frame.getByText('variable59').waitFor();
    await frame.waitForFunction(() => document.activeElement !== document.body);
  });
});
