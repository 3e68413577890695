import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { hubContribution } from '../../hub/run/arrange/hubLinks';
import { metricRows } from '../../hub/run/figures/metricRows';
import { runMessages } from '../../hub/run/messages';
import { decodeRecord } from '../../hub/run/records/decodeRecord';
import { attachRecord } from '../../shared/agent/runRecord';
import { runRecordType, type RunRecord } from '../../shared/records/runRecord';
import { evaluateModel } from '../../shared/evaluation/evaluateModel';
import { parseRule } from '../../shared/evaluation/parseRule';
import { evaluationRecord } from '../../tasks/EvaluateModel/evaluationRecord';
import { projectRoot } from '../../tools/commandLine';
import { identify } from '../../tools/identity';
import { readExtensionManifest, readTasks, type ExtensionManifest } from '../../tools/manifests';

/** Every field of a type has a value, so that one that the page does not read is noticed. */
type Whole<T> = T extends readonly (infer Item)[]
  ? readonly Whole<Item>[]
  : T extends object
    ? { [Name in keyof T]-?: Whole<Exclude<T[Name], undefined>> }
    : T;

const times = { startedOn: '2026-11-30T10:00:00.000Z', endedOn: '2026-11-30T10:02:05.000Z' };
const revision = { revision: 7, hash: 'ab12', savedBy: 'Ada', savedOn: times.startedOn, isPinned: true };

const records: readonly Whole<RunRecord>[] = [
  {
    kind: 'evaluation',
    result: 'failed',
    model: { name: 'main.default.churn', version: '4', mlflowRunId: 'r1', source: 'the run r1' },
    champion: { name: 'main.default.churn', version: '3', mlflowRunId: 'r0', source: 'version 3' },
    metrics: [{ name: 'accuracy', value: 0.93, champion: 0.92, isInRule: true }],
    rules: [
      {
        ...{ rule: 'accuracy >= 0.95', outcome: 'failed', comparison: '>=', metrics: ['accuracy'] },
        ...{ actual: 0.93, required: 0.95, note: 'too low' },
      },
    ],
    notes: ['The alias was not moved.'],
  },
  {
    kind: 'variables',
    environment: 'prod',
    variables: [{ name: 'training.epochs', value: null, source: 'hub r7:13', overridden: ['base.yml:3'] }],
    registry: {
      model: { id: 'churn', ...revision },
      base: { id: 'base', ...revision },
      unavailable: 'Azure DevOps did not answer.',
    },
  },
  {
    ...{ kind: 'deployment', target: 'kubernetes', service: 'churn', action: 'deploy', result: 'Deployed' },
    ...{ isSuccessful: true, resourceGroup: 'rg', cluster: 'aks', namespace: 'models', location: 'westeurope' },
    ...{
      model: { name: 'churn', version: '4' },
      image: 'acr/churn:4',
      digest: 'sha256:1',
      previousImage: 'acr/churn:3',
    },
    ...{ scoringUri: 'https://churn.example.com/score', strategy: 'canary', canaryPercent: 10, replicas: 3 },
    ...{ minReplicas: 2, maxReplicas: 10 },
  },
  {
    ...{ kind: 'run', runId: '9007199254740993', jobId: '12', name: 'train', url: 'https://adb.example.com/run/1' },
    ...{ state: 'SUCCESS', outcome: 'succeeded', ...times },
    tasks: [
      { name: 'fit', state: 'FAILED', outcome: 'failed', ...times, attempts: 2, url: 'https://adb.example.com/run/2' },
    ],
  },
];

/** The attachment that a task makes of a record. */
async function attachmentOf(record: RunRecord): Promise<string> {
  const attached: string[] = [];
  await attachRecord(
    {
      run: { seed: 'plan job step' },
      attach: async (type, name, json) => {
        assert.equal(type, runRecordType);
        assert.match(name, /^\w+-[0-9a-f]{16}\.json$/);
        attached.push(JSON.stringify(json));
      },
    },
    record,
  );
  const [text = ''] = attached;
  return text;
}

/** Optional texts that are empty; `note` and the names of the texts that are required stay. */
function withoutEmptyTexts(document: unknown): unknown {
  const required = new Set(['note', 'source', 'name', 'value', 'url', 'hash', 'savedBy']);
  return JSON.parse(JSON.stringify(document), (key, value: unknown) =>
    value === '' && !required.has(key) ? undefined : value,
  );
}

describe('What tasks record of a run', () => {
  for (const record of records)
    it(`is read with every field: ${record.kind}`, async () => {
      const decoded = decodeRecord(await attachmentOf(record));
      assert.deepEqual(decoded, { kind: 'record', record, cut: new Map() });
    });

  for (const kind of ['evaluation', 'variables', 'deployment', 'run'])
    it(`is read as the tasks write it: ${kind}`, async () => {
      const text = await readFile(path.join(projectRoot, 'tests/contracts/runAttachments', `${kind}.json`), 'utf8');
      const decoded = decodeRecord(text);
      assert.ok(decoded.kind === 'record', JSON.stringify(decoded));
      // What the record does not have is undefined; empty texts are left out, too.
      const read = JSON.parse(JSON.stringify({ format: 1, ...decoded.record })) as object;
      assert.deepEqual(read, withoutEmptyTexts(JSON.parse(text)));
    });

  it('says how many items of long lists are missing', async () => {
    const [evaluation] = records;
    assert.ok(evaluation?.kind === 'evaluation');
    const notes = Array.from({ length: 305 }, (_, index) => `note ${index}`);
    const decoded = decodeRecord(await attachmentOf({ ...evaluation, notes }));
    assert.ok(decoded.kind === 'record' && decoded.record.kind === 'evaluation');
    assert.equal(decoded.record.notes.length, 300);
    assert.deepEqual(decoded.cut, new Map([['notes', 5]]));
  });

  it('gives the metrics of an evaluation the limits of its rules', async () => {
    const rules = ['0.9 <= accuracy', 'rmse < baseline * 1.05', 'accuracy - baseline >= 0.01', 'f1 > 0'].map(parseRule);
    const metrics = (entries: Record<string, number>) => new Map(Object.entries(entries));
    const model = { metrics: metrics({ accuracy: 0.93, rmse: 12, auc: 0.8 }), source: 'a file', version: '4' };
    const champion = { metrics: metrics({ accuracy: 0.92, rmse: 12 }), source: 'version 3', version: '3' };
    const evaluation = evaluateModel(model, champion, rules, { passWithoutChampion: true });
    const decoded = decodeRecord(await attachmentOf(evaluationRecord(evaluation, 'churn', [])));
    assert.ok(decoded.kind === 'record' && decoded.record.kind === 'evaluation');
    const rows = metricRows(decoded.record);
    assert.deepEqual(
      rows.map(({ metric: { name }, outcome, limits }) => [
        name,
        outcome,
        ...limits.map((limit) => [limit.side, limit.value]),
      ]),
      [
        ['accuracy', 'passed', ['above', 0.9]],
        ['rmse', 'passed', ['below', 12 * 1.05]],
        ['f1', 'failed'],
        ['auc', undefined],
      ],
    );
  });
});

const manifest = await readExtensionManifest(projectRoot);
const tasks = await readTasks(projectRoot);

describe('The tab of a run', () => {
  const tabs = ({ contributions }: ExtensionManifest) =>
    contributions.filter(({ type }) => type === 'ms.vss-build-web.build-results-tab');

  it('is shown for the runs of the tasks that record something, and names them when there is nothing', async () => {
    const sources = await Promise.all(
      tasks.map(({ folder }) => readFile(path.join(projectRoot, 'tasks', folder, 'task.ts'), 'utf8')),
    );
    const recording = tasks.filter((_, index) => sources[index]?.includes('attachRecord('));
    const [tab, ...others] = tabs(manifest);
    assert.equal(others.length, 0);
    assert.deepEqual(
      [...(tab?.properties.supportsTasks ?? [])].sort(),
      recording.map((task) => task.manifest.id).sort(),
    );
    assert.deepEqual(
      runMessages.recordingTasks.map(({ task }) => task).sort(),
      recording.map(({ folder }) => folder),
    );
  });

  it('is shown for the tasks of a build for development', () => {
    const { extension, tasks: stamped } = identify(
      manifest,
      tasks.map((task) => task.manifest),
      '1.2.3',
      { dev: true },
    );
    const ids = stamped.map(({ id }) => id);
    const shownFor = tabs(extension).flatMap(({ properties }) => properties.supportsTasks ?? []);
    assert.equal(shownFor.length, runMessages.recordingTasks.length);
    assert.ok(shownFor.every((id) => ids.includes(id)));
  });

  it('links to the hub that the extension has', () => {
    const hubs = manifest.contributions.filter(({ type }) => type === 'ms.vss-web.hub').map(({ id }) => id);
    assert.deepEqual(hubs, [hubContribution]);
  });
});
