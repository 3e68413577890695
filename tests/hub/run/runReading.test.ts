import assert from 'node:assert/strict';
import { RestError, type RestRequest } from '../../../hub/host/host';
import { arrangeRun } from '../../../hub/run/arrange/arrangeRun';
import { sourceRoute } from '../../../hub/run/arrange/hubLinks';
import { readRun, type RecordCache } from '../../../hub/run/read/readRun';

const guid = (number: number): string => `00000000-0000-0000-0000-${String(number).padStart(12, '0')}`;
const [plan, earlierPlan] = [guid(1), guid(2)];
const runUrl = '/p1/_apis/build/builds/7';

interface Step {
  readonly id: number;
  readonly timeline?: string;
  readonly content: object | string | RestError;
  readonly name?: string;
}

const run = (name: string, outcome = 'succeeded') => ({
  ...{ format: 1, kind: 'run', runId: '1', jobId: '2', name, url: '', state: 'SUCCESS', outcome, tasks: [] },
});
const variables = (value: string) => ({
  format: 1,
  kind: 'variables',
  variables: [{ name: 'epochs', value, source: 'a.yml:1', overridden: [] }],
});

const record = (id: number, parentId: number | undefined, type: string, name: string, more: object = {}) => ({
  ...{ id: guid(id), parentId: parentId && guid(parentId), type, name, order: id, attempt: 1, state: 'completed' },
  ...more,
});

/** An organization that has one run, with a step for each attachment. */
function organizationWith(steps: readonly Step[], timelines: Readonly<Record<string, object>>, status = 'completed') {
  const requests: string[] = [];
  const content = new Map(
    steps.map(({ id, timeline = plan, content, name = 'a.json' }) => [
      `${runUrl}/${timeline}/${guid(id)}/attachments/model-pipelines.run/${name}`,
      content,
    ]),
  );
  const list = [...content.keys()].map((path) => ({
    name: path.split('/').at(-1),
    _links: { self: { href: `https://elsewhere.example.com${path}` } },
  }));
  const answers = new Map<string, unknown>([
    [runUrl, { id: 7, status }],
    [`${runUrl}/attachments/model-pipelines.run`, { count: list.length, value: list }],
    ...Object.entries(timelines).map(([id, answer]) => [`${runUrl}/timeline${id}`, answer] as const),
    ...content,
  ]);
  const answer = async ({ url }: RestRequest): Promise<unknown> => {
    const path = url.replace(/\?.*/, '');
    requests.push(path);
    const found = answers.get(path);
    if (found === undefined) throw new RestError('There is no such thing.', 404);
    if (found instanceof Error) throw found;
    return found;
  };
  const rest = {
    organizationUrl: 'https://dev.azure.com/example',
    json: answer,
    text: async (request: RestRequest) => {
      const found = await answer(request);
      return typeof found === 'string' ? found : JSON.stringify(found);
    },
    bytes: () => Promise.reject(new Error('not used')),
  };
  return { host: { rest, project: { id: 'p1', name: 'P' } }, requests };
}

describe('Read what the steps of a run recorded', () => {
  it('asks the organization for the content, wherever the links of the list lead', async () => {
    const { host, requests } = organizationWith([{ id: 20, content: run('train') }], { '': { records: [] } });
    const { parts, isRunning, leftOut } = await readRun(host, '7', new Map());
    assert.deepEqual([parts.length, parts[0]?.content.kind, parts[0]?.place], [1, 'record', undefined]);
    assert.deepEqual([isRunning, leftOut], [false, 0]);
    assert.ok(requests.every((request) => request.startsWith(runUrl)));
  });

  it('keeps the other records when one cannot be read or is damaged, and reads no finished one twice', async () => {
    const timeline = { records: [record(10, undefined, 'Stage', 'Build'), record(20, 10, 'Task', 'Train')] };
    const steps = [
      { id: 20, content: run('train') },
      { id: 21, content: '{"format": 1' },
      { id: 22, content: new RestError('Gone.', 404) },
    ];
    const { host, requests } = organizationWith(steps, { '': timeline }, 'inProgress');
    const cache: RecordCache = new Map();
    const first = await readRun(host, '7', cache);
    assert.deepEqual(first.parts.map(({ content }) => content.kind).sort(), ['damaged', 'record', 'unreadable']);
    assert.equal(first.isRunning, true);
    const before = requests.length;
    await readRun(host, '7', cache);
    assert.ok(requests.slice(before).every((request) => !request.includes(guid(20))));
  });

  it('fails when no record at all can be read, or the list', async () => {
    const refused = new RestError('You may not.', 403);
    const { host } = organizationWith([{ id: 20, content: refused }], {});
    await assert.rejects(readRun(host, '7', new Map()), refused);
    await assert.rejects(readRun(host, '8', new Map()), { status: 404 });
  });

  it('leaves out the records of the steps that ended first when there are too many', async () => {
    const records = Array.from({ length: 203 }, (_, index) =>
      record(100 + index, undefined, 'Task', `Step ${index}`, { finishTime: new Date(index * 1000).toISOString() }),
    );
    const steps = records.map((_, index) => ({ id: 100 + index, content: run(`job ${index}`) }));
    const { host } = organizationWith(steps, { '': { records } });
    const { parts, leftOut } = await readRun(host, '7', new Map());
    assert.deepEqual([parts.length, leftOut], [200, 3]);
    assert.ok(parts.every(({ place }) => !['Step 0', 'Step 1', 'Step 2'].includes(place?.step ?? '')));
  });
});

describe('Arrange the records of a run', () => {
  const now = {
    records: [
      record(10, undefined, 'Stage', 'Build'),
      record(11, 10, 'Job', '__default'),
      record(12, 11, 'Task', 'Train'),
      record(13, 11, 'Task', 'Train'),
      record(30, undefined, 'Stage', 'Deploy', { attempt: 2 }),
      record(31, 30, 'Job', 'Prod', { attempt: 2 }),
      record(32, 31, 'Task', 'Score', { order: 1 }),
    ],
  };
  const before = {
    records: [
      record(40, undefined, 'Stage', 'Deploy'),
      record(41, 40, 'Job', 'Prod'),
      record(42, 41, 'Task', 'Score', { order: 1 }),
    ],
  };

  it('puts the attempts of a step together, the newest first, and keeps steps with the same name apart', async () => {
    const steps = [
      { id: 42, timeline: earlierPlan, content: run('first try', 'failed') },
      { id: 32, content: run('second try') },
      { id: 13, content: run('train b') },
      { id: 12, content: run('train a') },
      { id: 99, content: run('elsewhere') },
    ];
    const { host } = organizationWith(steps, { '': now, [`/${earlierPlan}`]: before });
    const { jobRuns } = arrangeRun((await readRun(host, '7', new Map())).parts);
    assert.deepEqual(
      jobRuns.map(({ newest, earlier }) => [newest.record.name, ...earlier.map((attempt) => attempt.record.name)]),
      [['train a'], ['train b'], ['second try', 'first try'], ['elsewhere']],
    );
    const [{ newest: train } = { newest: undefined }, , { newest: score } = { newest: undefined }] = jobRuns;
    assert.deepEqual([train?.place?.stage, train?.place?.job, train?.place?.attempt], ['Build', undefined, 1]);
    assert.deepEqual([score?.place?.stage, score?.place?.job, score?.place?.attempt], ['Deploy', 'Prod', 2]);
  });

  it('shows variables that several steps loaded once', async () => {
    const steps = [
      { id: 12, content: variables('3') },
      { id: 13, content: variables('4') },
      { id: 32, content: variables('3') },
    ];
    const { host } = organizationWith(steps, { '': now });
    const arranged = arrangeRun((await readRun(host, '7', new Map())).parts).variables;
    assert.deepEqual(
      arranged.map(({ newest, alsoAt }) => [newest.record.variables[0]?.value, ...alsoAt.map(({ step }) => step)]),
      [['3', 'Score'], ['4']],
    );
  });
});

describe('Links from sources to the Models hub', () => {
  const revision = { revision: 7, hash: '', savedBy: '', savedOn: '', isPinned: false };
  const registry = { model: { id: 'churn', ...revision }, base: { id: 'base', ...revision, revision: 3 } };

  it('lead to the revision that was read', () => {
    assert.deepEqual(sourceRoute('hub r7:13', registry), {
      view: 'model',
      model: 'churn',
      tab: 'history',
      revision: 7,
    });
    assert.deepEqual(sourceRoute('hub base r3:5', registry), { view: 'settings' });
    for (const source of ['hub r8:13', 'hub base r4', 'model_variables.yml:13', 'hub r7x', 'my hub r7:1'])
      assert.equal(sourceRoute(source, registry), undefined, source);
    assert.equal(sourceRoute('hub r7:13', undefined), undefined);
  });
});
