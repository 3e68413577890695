import assert from 'node:assert/strict';
import type { Frame } from 'playwright-core';
import { axe, press, tabTo, useHub } from '../support/browser';
import { builtFrom } from '../support/builtHub';
import { addRecordedRun } from './recordedRun';
import { deployment, evaluation, jobRun, variables, wholeRun } from './sampleRecords';

const list = '*/attachments/model-pipelines.run';
const heading = (frame: Frame, name: string) => frame.getByRole('heading', { name, exact: true });
const card = (frame: Frame, name: string | RegExp) => frame.getByRole('article').filter({ hasText: name });

/** How far the page can be scrolled to the side, in pixels. */
const overflow = (frame: Frame) => frame.evaluate(() => document.documentElement.scrollWidth - innerWidth);

describe('The tab of a run', function () {
  this.timeout(60_000);
  const { openHub, organization } = useHub();

  it('shows metrics with their limits and the champion, as pictures with the same words and in tables', async () => {
    const { id: build } = addRecordedRun(organization(), wholeRun);
    const { frame } = await openHub({ page: 'run', build });
    await heading(frame, 'Evaluation').waitFor();
    const pictures = await frame
      .getByRole('img')
      .evaluateAll((all) => all.map((each) => each.getAttribute('aria-label')));
    assert.deepEqual(pictures, [
      'accuracy: model 0.931, champion 0.922, at least 0.9 required, passed.',
      'rmse: model 13.4, champion 12.1, at most 12.705 required, failed.',
      'val.auc: model 0.871, champion 0.868, more than 0.868 required, passed.',
      'bias: model -0.02, champion -0.05, at least -0.04 required, passed.',
      'f1: no value, champion 0.8, failed.',
    ]);
    const rows = async (table: string) =>
      (await frame.getByRole('table', { name: table }).getByRole('row').allInnerTexts()).map((row) =>
        row.replace(/\s+/g, ' '),
      );
    assert.equal((await rows('Rules'))[2], 'rmse <= baseline * 1.05 Failed 13.4 <= 12.705 –');
    assert.equal((await rows('Metrics'))[1], 'accuracy 0.931 0.922 +0.009 (+0.976%) >= 0.9');
    assert.equal((await rows('Variables'))[2], 'training.epochs 40 hub r7:13 model_variables.yml:9, base.yml:3');
    assert.equal((await rows('Tasks'))[2], 'train (opens in a new tab) SUCCESS 20 min 31 s 2');
    assert.match(
      await card(frame, 'aks-prod').innerText(),
      /canary, 10% of the requests[^]*Production › Deploy › Deploy to AKS/,
    );
    assert.match(
      await card(frame, 'Environment prod').innerText(),
      /Also loaded by: Test › Deploy › Load the variables/,
    );
  });

  it('has no barrier in any theme, and needs no scrolling to the side at 320 pixels', async () => {
    const long = 'a-name-that-is-so-long-that-it-has-no-place-on-a-narrow-screen-'.repeat(5);
    const { id: build } = addRecordedRun(organization(), {
      ...wholeRun,
      [long]: {
        [long]: {
          [long]: { ...deployment, service: long, image: long, scoringUri: `https://example.com/${long}` },
          Load: { ...variables, variables: [{ name: long, value: long, source: long, overridden: [long, long] }] },
          Evaluate: {
            ...evaluation,
            metrics: [{ name: long, value: 1e300, isInRule: true }],
            rules: [{ ...evaluation.rules[0], rule: `${long} >= 0.9`, metrics: [long], note: long }],
          },
        },
      },
    });
    for (const options of [{}, { hasForcedColors: true }, { size: { width: 320, height: 640 } }]) {
      const { frame } = await openHub({ page: 'run', build, ...options });
      await heading(frame, 'Evaluation').waitFor();
      assert.equal(await overflow(frame), 0, JSON.stringify(options));
      assert.deepEqual(await axe(frame), [], JSON.stringify(options));
    }
    const { frame, setTheme } = await openHub({ page: 'run', build });
    await heading(frame, 'Evaluation').waitFor();
    await setTheme('dark');
    assert.deepEqual(await axe(frame), [], 'dark');
  });

  it('is used with the keyboard alone: links to the hub, filter, more rows', async () => {
    const many = Array.from({ length: 130 }, (_, index) => ({
      ...{ name: `group.variable${index}`, value: String(index), source: 'hub r7:1', overridden: [] },
    }));
    const { id: build } = addRecordedRun(organization(), {
      Build: { Build: { Load: { ...variables, variables: many, cut: { variables: 4 } } } },
    });
    const { frame, page } = await openHub({ page: 'run', build });
    await heading(frame, 'Variables').waitFor();
    const rows = frame.getByRole('row');
    assert.equal(await rows.count(), 51);
    await frame.getByText('The step recorded 4 more variables').waitFor();
    await tabTo(page, frame, /^button Refresh$/);
    await press(page, 'Enter');
    await tabTo(page, frame, /Filter by name/);
    await page.keyboard.type('variable12');
    await frame.getByText('group.variable129').waitFor();
    assert.equal(await rows.count(), 12);
    await press(page, 'Escape');
    await tabTo(page, frame, /^button Show 50 more$/);
    await press(page, 'Enter', 'Enter');
    await frame.getByText('group.variable129').waitFor();
    assert.equal(await rows.count(), 131);
    await tabTo(page, frame, /^a churn, revision 7$/, 'Shift+Tab', 200);
    await press(page, 'Enter');
    await page.waitForURL(/page=models.*#model=churn&tab=history&rev=7$/);
  });

  it('shows each attempt of a run that goes on, and what its next steps record', async () => {
    const run = addRecordedRun(organization(), { Build: { Build: { Train: jobRun } } }, 'inProgress');
    const { frame, page, changeRun } = await openHub({ page: 'run', build: run.id, changesBrowser: true });
    await heading(frame, 'Databricks runs').waitFor();
    await frame.getByText('The run is in progress').waitFor();
    run.addSteps({ Build: { Build: { Evaluate: evaluation } } });
    await frame.getByRole('button', { name: 'Refresh' }).click();
    await heading(frame, 'Evaluation').waitFor();
    await page.clock.install();
    run.addSteps({ Build: { Build: { Load: variables } } });
    run.end();
    await changeRun();
    await page.clock.runFor(5000);
    await heading(frame, 'Variables').waitFor();
    assert.equal(await frame.getByText('The run is in progress').count(), 0);
  });

  it('shows the newest attempt of a step, and the earlier ones when asked', async () => {
    const { id: build } = addRecordedRun(organization(), {
      Prod: {
        Deploy: { 'Deploy to AKS': { ...deployment, isSuccessful: false, result: 'RolledBack' }, Again: deployment },
      },
    });
    organization().faults.add({
      ...{ path: /\/timeline/i, effect: 'rewritten' },
      rewrite(status, body) {
        // The stand-in repeats no stage.
        const timeline = JSON.parse(body) as { records: { name: string; order: number; attempt: number }[] };
        for (const record of timeline.records)
          if (record.name === 'Again') Object.assign(record, { name: 'Deploy to AKS', order: 1, attempt: 2 });
        return { status, body: JSON.stringify(timeline) };
      },
    });
    const { frame, page } = await openHub({ page: 'run', build });
    await heading(frame, 'Deployments').waitFor();
    assert.equal(await frame.getByRole('article').count(), 1);
    assert.match(await frame.getByRole('article').innerText(), /Deployed[^]*Prod › Deploy › Deploy to AKS, attempt 2/);
    await tabTo(page, frame, /^summary 1 earlier attempt$/);
    await press(page, 'Enter');
    assert.match(await frame.getByRole('article').nth(1).innerText(), /RolledBack[^]*attempt 1/);
    assert.deepEqual(await axe(frame), []);
  });

  it('says which tasks record something when there is nothing', async () => {
    const { id: build } = addRecordedRun(organization(), {});
    const { frame } = await openHub({ page: 'run', build });
    await heading(frame, 'No step of this run recorded anything about a model').waitFor();
    assert.match(await frame.getByRole('main').innerText(), /EvaluateModel: [^]*LoadModelVariables: [^]*DeployAci: /);
    assert.deepEqual(await axe(frame), []);
    const { id: running } = addRecordedRun(organization(), {}, 'inProgress');
    const other = await openHub({ page: 'run', build: running });
    await heading(other.frame, 'No step of this run has recorded anything about a model yet').waitFor();
  });

  it('leaves out only what is damaged, unreadable or newer, and shows texts as texts', async () => {
    const script = '<img src=x onerror="alert(1)"><script>alert(1)</script>';
    const { id: build } = addRecordedRun(organization(), {
      Build: {
        Build: {
          [script]: { ...deployment, service: script, scoringUri: 'javascript:alert(1)', image: script },
          Damaged: { ...jobRun, tasks: [{ name: 3 }] },
          Newer: { ...jobRun, format: 2 },
          Whole: { ...jobRun, name: '' },
        },
      },
    });
    const { frame } = await openHub({ page: 'run', build });
    await heading(frame, 'Databricks runs').waitFor();
    const text = await frame.getByRole('main').innerText();
    assert.match(text, /Build › Build › Damaged: what was recorded is damaged[^]*tasks\[0\]\.name is not a text/);
    assert.match(text, /Build › Build › Newer: this was recorded by a newer version/);
    assert.match(text, /Run 872364512/);
    await heading(frame, script).waitFor();
    assert.equal(await frame.getByText('javascript:alert(1)').evaluate((element) => element.closest('a')), null);
    assert.equal(await frame.locator('img, main script').count(), 0);
    assert.deepEqual(await axe(frame), []);
  });

  it('says what is wrong when the run cannot be read, and reads it again', async () => {
    const { faults } = organization();
    const { id: build } = addRecordedRun(organization(), wholeRun);
    faults.add({ path: list, effect: 'status', status: 403, message: 'You may not view builds.' });
    const { frame, context } = await openHub({ page: 'run', build, expects: /ERR_INTERNET_DISCONNECTED/ });
    await frame.getByText('You do not have permission to view the records of this run').waitFor();
    assert.deepEqual(await axe(frame), []);
    await context.setOffline(true);
    await frame.getByRole('button', { name: 'Try again' }).click();
    await frame.getByText('Azure DevOps did not answer').waitFor();
    await context.setOffline(false);
    await frame.getByRole('button', { name: 'Try again' }).click();
    await heading(frame, 'Evaluation').waitFor();
    faults.add({ path: list, effect: 'status', status: 503 });
    await frame.getByRole('button', { name: 'Refresh' }).click();
    await frame.getByText('The page could not be updated').waitFor();
    await heading(frame, 'Evaluation').waitFor();
  });

  it('finds the records when the places of the steps are not known', async () => {
    const { id: build } = addRecordedRun(organization(), wholeRun);
    organization().faults.add({ path: /\/timeline/i, effect: 'status', status: 500, times: 2 });
    const { frame } = await openHub({ page: 'run', build });
    await heading(frame, 'Evaluation').waitFor();
    assert.match(await card(frame, 'aks-prod').innerText(), /A step of this run/);
  });
});

describe('The script of the tab of a run', function () {
  this.timeout(60_000);

  it('has no screen of the Models hub', async () => {
    const { outputs } = await builtFrom();
    const seen = new Set<string>();
    const visit = (file: string): readonly string[] => {
      if (seen.has(file)) return [];
      seen.add(file);
      const output = outputs[file];
      const imported = output?.imports.filter(({ external }) => external !== true).map((each) => each.path) ?? [];
      return [...Object.keys(output?.inputs ?? {}), ...imported.flatMap(visit)];
    };
    const [entry = ''] = Object.entries(outputs).find(([, { entryPoint }]) => entryPoint === 'hub/run/run.tsx') ?? [];
    const files = visit(entry).filter((file) => file.startsWith('hub/'));
    const allowed = /^hub\/(run|host|kit)\/|^hub\/page\/route\.ts$/;
    assert.deepEqual(
      files.filter((file) => !allowed.test(file)),
      [],
    );
    assert.ok(files.includes('hub/run/RunPage.tsx'));
  });
});
