import assert from 'node:assert/strict';
import { projectId } from '../../../sandbox/agent/variables/predefined';
import { Builds } from '../../../sandbox/devops/build/builds/builds';
import { GitStore } from '../../../sandbox/devops/git/repositories/gitStore';
import { push, zeros } from '../../sandbox/devops/git/seed';
import { sendToDevops } from '../../support/devops/fixture';
import { registryOf } from '../modelStage';
import { changedLines, commitFiles, storedRepository } from '../repository/fixture';
import { addRecordedRun } from '../run/recordedRun';
import { typeInto } from '../saves/reviewOnScreen';
import { churnText, filePath, fillProject, protectProd } from '../screens/filledProject';
import { useHub, type OpenHub } from '../support/browser';

const says = ({ frame }: OpenHub, text: string | RegExp) => frame.getByText(text).first().waitFor();
const click = ({ frame }: OpenHub, name: string) => frame.getByRole('button', { name, exact: true }).first().click();

describe('Pull requests and runs of a model', function () {
  this.timeout(120_000);
  const { openHub, organization } = useHub({ fill: fillProject });
  const registry = () => registryOf(organization());
  const setPullRequest = async (id: number, status: 'abandoned' | 'completed') => {
    const url = `local/_apis/git/repositories/local/pullrequests/${id}`;
    const { body } = await sendToDevops(organization(), url);
    const { lastMergeSourceCommit } = body as { lastMergeSourceCommit: object };
    const answer = await sendToDevops(organization(), url, {
      method: 'PATCH',
      body: { status, lastMergeSourceCommit },
    });
    assert.equal(answer.status, 200);
  };

  it('a change of a protected environment goes through a pull request, and the edits stay', async () => {
    await protectProd(organization());
    await commitFiles(organization(), { '/churn/model_variables.yml': churnText(350) });
    const hub = await openHub({ hash: 'model=churn', user: 'grace@example.com' });
    await typeInto(hub, 'epochs', 3, '700');
    await click(hub, 'Review and save');
    await hub.frame.getByRole('dialog').getByRole('textbox').fill('More rounds');
    await click(hub, 'Open pull request');
    await hub.page.getByText('Pull request 1 is open').waitFor();
    assert.deepEqual(await changedLines(organization(), 'model-variables/churn-r3'), [
      '-    epochs: 600\n',
      '+    epochs: 700\n',
    ]);
    assert.equal((await registry().model('churn'))?.rev, 2);
    await hub.frame.getByText('1 change', { exact: true }).last().waitFor();
  });

  it('values of a protected environment that the default branch has already are saved', async () => {
    await protectProd(organization());
    const hub = await openHub({ hash: 'model=churn&tab=repository', user: 'grace@example.com' });
    await click(hub, 'Take from repository');
    await click(hub, 'Review');
    await says(hub, 'The file on the default branch has these values already, so they can be saved.');
    await click(hub, 'Save');
    await says(hub, 'The hub and the file have the same values.');
    assert.equal((await registry().model('churn'))?.text, churnText(400, 8));
  });

  it('values of a protected environment that another branch has are neither saved nor proposed', async () => {
    await protectProd(organization());
    const repository = { id: storedRepository(organization()).id, path: filePath, branch: 'feature' };
    await push((asked, options) => sendToDevops(organization(), asked, options), 'refs/heads/feature', zeros, [
      { path: filePath, content: churnText(500, 9), changeType: 'add' },
    ]);
    await registry().save({
      ...{ id: 'churn', text: churnText(350), comment: '', repository },
      base: await registry().model('churn'),
    });
    const hub = await openHub({ hash: 'model=churn&tab=repository', user: 'grace@example.com' });
    await click(hub, 'Take from repository');
    await click(hub, 'Review');
    await says(hub, /feature is not the default branch: merge it into the default branch/);
    assert.equal(await hub.frame.getByRole('button', { name: 'Open pull request' }).last().isDisabled(), true);
    assert.equal((await registry().model('churn'))?.text, churnText(350));
  });

  it('a change of a protected environment says why the file cannot be read, and is reviewed again', async () => {
    await protectProd(organization());
    const hub = await openHub({ hash: 'model=churn' });
    await typeInto(hub, 'epochs', 3, '700');
    organization().faults.add({ effect: 'reset', path: /\/git\/repositories/i, times: 100 });
    await click(hub, 'Review and save');
    await says(hub, 'Azure DevOps did not answer.');
    assert.equal(await hub.frame.getByRole('button', { name: 'Open pull request' }).isDisabled(), true);
    organization().faults.clear();
    await click(hub, 'Try again');
    await hub.frame.locator('button:not([aria-disabled="true"])', { hasText: 'Open pull request' }).waitFor();
  });

  it('an abandoned pull request is listed, and does not stand in the way of the next one', async () => {
    const hub = await openHub({ hash: 'model=churn&tab=repository' });
    for (const number of [1, 2]) {
      await click(hub, 'Open pull request');
      const dialog = hub.frame.getByRole('dialog');
      await dialog.getByRole('textbox').fill(`Rounds ${number}`);
      await dialog.getByRole('button', { name: 'Open pull request' }).click();
      await hub.frame.getByRole('link', { name: new RegExp(`^${number}: churn: Rounds ${number}`) }).waitFor();
      await setPullRequest(number, number === 1 ? 'abandoned' : 'completed');
      await click(hub, 'Refresh');
      await says(hub, number === 1 ? /^Abandoned/ : /^Completed/);
    }
  });

  it('a project without a repository says so, with what to do', async () => {
    const { state, administrator } = organization();
    state.of(GitStore).delete(storedRepository(organization()), administrator.id, 0);
    const hub = await openHub({ hash: 'view=new&from=repository' });
    await says(hub, 'There is no repository that you can read');
    await hub.goto('model=churn&tab=repository');
    await says(hub, /does not exist, or you do not have permission to read it/);
  });

  it('the history has the runs that read a revision, and opens them', async () => {
    const run = addRecordedRun(organization(), {});
    const build = organization().state.of(Builds).byId(projectId, run.id) ?? assert.fail();
    build.tags.add('model-churn-r2');
    const hub = await openHub({ hash: 'model=churn&tab=history&rev=2' });
    await hub.frame.getByRole('link', { name: new RegExp(build.buildNumber) }).click();
    await hub.page.waitForURL(new RegExp(`page=run&build=${run.id}`));
  });
});
