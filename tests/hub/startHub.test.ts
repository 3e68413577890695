import assert from 'node:assert/strict';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { PipelineReport, StepReport } from '../../sandbox/agent/report';
import { GitRequests } from '../../hub/repository/git/gitRequests';
import { readRepositoryState } from '../../hub/repository/state/readRepositoryState';
import { ModelRegistry } from '../../shared/variables/registry/modelRegistry';
import { projectRoot } from '../../tools/commandLine';
import { keepRun, keptRuns } from '../../local/hub/keptRuns';
import { localDocuments } from '../../local/hub/localDocuments';
import { organizationFile, ownExtension } from '../../local/hub/ownExtension';
import { startHub } from '../../local/hub/startHub';
import { hostOf } from './repository/fixture';
import { sharedSigningKeys } from '../support/sharedKeys';
import { protocolPage } from './support/testPages';

/** A run with one step, which attached a file. */
function reportWith(file: string): PipelineReport {
  const step: StepReport = {
    name: 'evaluation',
    displayName: 'Evaluate',
    task: 'EvaluateModel@1',
    result: 'Succeeded',
    durationMilliseconds: 10,
    attempts: 1,
    message: undefined,
    notes: [],
    issues: [],
    droppedIssues: 0,
    outputs: {},
    logFile: 'log',
    attachments: [{ type: 'model-evaluation', name: 'evaluation', file }],
    summaries: [],
    testRuns: [],
    files: [],
  };
  const job = {
    name: 'job',
    displayName: 'Job',
    result: 'Succeeded',
    durationMilliseconds: 10,
    notes: [],
    outputs: {},
  } as const;
  const stage = {
    name: 'Evaluate',
    displayName: 'Evaluate',
    result: 'Succeeded',
    durationMilliseconds: 10,
    notes: [],
  } as const;
  return {
    result: 'Succeeded',
    file: 'pipelines/evaluate_pipeline.yml',
    buildNumber: '20261130.1',
    buildTags: ['model demo_model'],
    durationMilliseconds: 10,
    notes: [],
    stages: [{ ...stage, jobs: [{ ...job, steps: [step] }] }],
    artifacts: [],
  };
}

describe('npm run hub', function () {
  this.timeout(60_000);

  it('begins with the models and the runs of the repository, and keeps what is saved', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'hub-data-'));
    const runFolder = path.join(folder, 'run', 'evaluate');
    await mkdir(runFolder, { recursive: true });
    await writeFile(path.join(runFolder, 'evaluation.json'), '{"rules":3}');
    const report = reportWith(path.join(runFolder, 'evaluation.json'));
    await keepRun(runFolder, { name: 'evaluate', startTime: Date.UTC(2026, 10, 30), report });
    const extension = await ownExtension();
    const open = async () =>
      startHub({
        hubFolder: await protocolPage(),
        repository: path.join(projectRoot, 'template'),
        model: 'demo_model',
        runs: await keptRuns(path.join(folder, 'run')),
        dataFile: organizationFile(folder),
        signingKeys: await sharedSigningKeys(),
      });
    const registryOf = ({ organization }: Awaited<ReturnType<typeof open>>) =>
      new ModelRegistry(localDocuments(organization, extension), {
        projectId: organization.state.projects.find('local')?.id ?? '',
        author: { id: 'a', name: 'A' },
        now: () => new Date(0),
      });

    const first = await open();
    const registry = registryOf(first);
    assert.deepEqual(
      (await registry.models()).map(({ id, isIntact, environments }) => [id, isIntact, environments]),
      [
        ['churn', true, []],
        ['demo_model', true, ['prod']],
      ],
    );
    const revisions = await registry.revisions('demo_model');
    assert.deepEqual(
      revisions.map(({ rev, isIntact, updatedBy }) => [rev, isIntact, updatedBy.name]),
      [4, 3, 2, 1].map((rev) => [rev, true, rev % 2 === 0 ? 'Grace Hopper' : 'Ada Lovelace']),
    );
    const ask = async (url: string) =>
      fetch(`${first.organization.url}local/_apis/${url}`, {
        headers: { authorization: `Bearer ${first.organization.personalAccessToken}` },
      });
    const link = revisions[0]?.repository;
    const item = await ask(`git/repositories/${link?.id ?? ''}/items?path=${link?.path ?? ''}`);
    assert.match(await item.text(), /modelName: demo_model/);
    const { value: builds } = (await (await ask('build/builds?tagFilters=model demo_model')).json()) as {
      value: { id: number; result: string; startTime: string }[];
    };
    assert.deepEqual(
      builds.map(({ result, startTime }) => [result, startTime]),
      [['succeeded', '2026-11-30T00:00:00.000Z']],
    );
    const attached = (await (await ask(`build/builds/${builds[0]?.id ?? 0}/attachments/model-evaluation`)).json()) as {
      value: { name: string; _links: { self: { href: string } } }[];
    };
    const href = attached.value[0]?._links.self.href.split('/_apis/')[1] ?? '';
    assert.equal(await (await ask(href)).text(), '{"rules":3}');

    const base = await registry.model('churn');
    await registry.save({ id: 'churn', text: `${base?.text ?? ''}# changed\n`, comment: 'Change', base });
    await first.close();
    const second = await open();
    const [churn] = await registryOf(second).models();
    assert.deepEqual([churn?.rev, churn?.comment], [2, 'Change']);
    const again = await registryOf(second).model('demo_model');
    assert.deepEqual([again?.rev, again?.repository], [4, link]);
    await second.close();
  });

  it('has a repository that is older than the models, so that the page says which side is newer', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'hub-data-'));
    const options = {
      hubFolder: await protocolPage(),
      repository: path.join(projectRoot, 'template'),
      model: 'demo_model',
      runs: [],
      dataFile: organizationFile(folder),
      isDemo: false,
      now: new Date(Date.now() - 10 * 86_400_000),
      signingKeys: await sharedSigningKeys(),
    };
    const stateOf = async (change: (text: string) => string) => {
      const { organization, close } = await startHub(options);
      const requests = new GitRequests(hostOf(organization));
      const registry = new ModelRegistry(localDocuments(organization, await ownExtension()), {
        projectId: organization.state.projects.find('local')?.id ?? '',
        author: { id: 'a', name: 'A' },
        now: () => new Date(options.now.getTime() + 3_600_000),
      });
      const base = await registry.model('demo_model');
      assert.ok(base?.repository);
      const { state } = await readRepositoryState(requests, registry, base, base.repository);
      await registry.save({ id: 'demo_model', text: change(base.text), comment: 'Change', base });
      await close();
      return state;
    };
    assert.equal(await stateOf((text) => text.replace('epochs: 300', 'epochs: 301')), 'same');
    assert.equal(await stateOf((text) => text), 'hubNewer');
  });
});
