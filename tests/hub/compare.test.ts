import assert from 'node:assert/strict';
import { registryOf, saveText } from './modelStage';
import { focused, press, tabTo, useHub } from './support/browser';

const text =
  'variables:\n  seed: 1\nenvironments:\n  dev:\n    epochs: 1\n    share: 2\n  prod:\n    epochs: 9\n    share: 8\n';

describe('The screen Compare', function () {
  this.timeout(90_000);
  const { openHub, organization } = useHub({
    fill: async (filled) => {
      await saveText(registryOf(filled), 'churn', text);
      await saveText(registryOf(filled), 'fraud', 'variables:\n  seed: 7\n');
    },
  });

  it('copies a value, takes it back, and saves it, by the keyboard alone', async () => {
    const { page, frame, hasHash } = await openHub({ hash: 'view=compare' });
    await frame.getByText('2 of 3 variables differ.').waitFor();
    await hasHash('view=compare&left=churn&leftEnv=dev&right=churn&rightEnv=prod');
    await tabTo(page, frame, /^button Copy epochs to churn · prod/);
    await press(page, 'Enter');
    await frame.getByText('1 of 3 variables differs.').waitFor();
    assert.equal(await focused(frame), 'button Copy share to churn · prod');
    await press(page, 'Control+z');
    await frame.getByText('2 of 3 variables differ.').waitFor();
    assert.equal(await focused(frame), 'button Copy share to churn · prod');
    await press(page, 'ArrowRight', 'ArrowUp', 'ArrowLeft');
    assert.equal(await focused(frame), 'button Copy epochs to churn · prod');
    await press(page, 'Enter');
    await tabTo(page, frame, /^button Review and save/);
    await press(page, 'Enter');
    await frame.getByLabel('Changed lines').waitFor();
    await tabTo(page, frame, /^button Save$/);
    await press(page, 'Enter');
    await frame.getByRole('dialog').waitFor({ state: 'detached' });
    const saved = await registryOf(organization()).model('churn');
    assert.equal(saved?.text, text.replace('epochs: 9', 'epochs: 1'));
  });

  it('counts one variable as one', async () => {
    const { frame, goto } = await openHub({ hash: 'view=compare&left=fraud&right=fraud' });
    await frame.getByText('The variable is the same.').waitFor();
    await goto('view=compare&left=fraud&right=churn');
    await frame.getByText('1 of 1 variable differs.').waitFor();
    await goto('model=fraud&tab=history');
    await frame.getByText('1 of 1 revision', { exact: true }).waitFor();
  });

  it('says that a model of an old link does not exist', async () => {
    const { frame } = await openHub({ hash: 'view=compare&left=<img src=x>&right=churn' });
    await frame.getByText('There is no model with the name <img src=x>').waitFor();
  });
});
