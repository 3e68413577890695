import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runRecordType } from '../../shared/records/runRecord';
import { bundleOf } from '../support/builtTasks';
import { hubOf } from '../support/hub';
import { formsOfSecrets, holdsAny } from '../support/leaks';
import { openSyncStage } from '../support/syncStage';
import { startTaskProcess, type ProcessEnd } from '../support/taskProcess';

/** With signs that JSON, addresses, forms and base64 write otherwise, and of two lines. */
const secret = 'of-the-"job"/with+all=signs & <more>\\\nsecond-line-of-it';
const [firstLine = '', secondLine = ''] = secret.split('\n');

/** A secret as something that is shown may repeat it. */
const written: readonly string[] = [
  secret,
  secondLine,
  `around ${firstLine} it`,
  JSON.stringify(firstLine),
  encodeURIComponent(firstLine),
  new URLSearchParams({ q: firstLine }).toString(),
  Buffer.from(secret).toString('base64'),
  Buffer.from(`Bearer ${firstLine}`).toString('base64'),
  Buffer.from(`user:${firstLine}`).toString('base64url'),
];

describe('the record that a built task attaches to its run', () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'records-'))));
  afterEach(() => rm(folder, { recursive: true }));

  async function run(task: string, environment: Readonly<Record<string, string>>): Promise<ProcessEnd> {
    const started = await startTaskProcess(await bundleOf(task), {
      AGENT_TEMPDIRECTORY: folder,
      SYSTEM_DEFAULTWORKINGDIRECTORY: folder,
      VSTS_SECRET_VARIABLES: '["key"]',
      SECRET_KEY: secret,
      ...environment,
    });
    return started.end;
  }

  /** The text of the record, which is JSON, and which holds no form of the secret. */
  async function recordOf({ commands, output }: ProcessEnd): Promise<string> {
    const attached = commands.filter(
      ({ name, properties }) => name === 'task.addattachment' && properties['type'] === runRecordType,
    );
    assert.equal(attached.length, 1, output);
    const text = await readFile(attached[0]?.data ?? '', 'utf8');
    const values = JSON.stringify(JSON.parse(text));
    for (const form of formsOfSecrets([secret])) assert.ok(!holdsAny(text + values, [form]), `${form} in ${text}`);
    return text;
  }

  it('of EvaluateModel has no secret in the names of metrics and in the rules, in any form', async () => {
    const metrics = Object.fromEntries(['accuracy', ...written].map((name, index) => [name, index]));
    const rules = `accuracy >= 0 # ${firstLine}`;
    const end = await run('EvaluateModel', { INPUT_METRICS: JSON.stringify(metrics), INPUT_RULES: rules });
    const record = await recordOf(end);
    assert.equal(record.split('"name"').length - 1, written.length + 1, record);
    assert.ok(record.split('***').length > written.length, record);
  });

  it('of LoadModelVariables has no secret in who saved the revision of the hub', async () => {
    const stage = await openSyncStage();
    try {
      const saved = await hubOf(stage, `Ada ${written.join(' ')}`).save({
        ...{ id: 'churn', text: 'variables:\n  epochs: 20\n', comment: `Because of ${secondLine}`, base: undefined },
      });
      assert.equal(saved.kind, 'saved');
      const modelFile = join(folder, 'model.yml');
      await writeFile(modelFile, "variables:\n  modelName: churn\n  modelVersion: '1'\n  epochs: 10\n");
      const { organization, project, projectId } = stage;
      const { accessToken: AccessToken } = organization;
      const end = await run('LoadModelVariables', {
        INPUT_MODELFILE: modelFile,
        INPUT_REGISTRY: 'required',
        SYSTEM_COLLECTIONURI: organization.url,
        SYSTEM_TEAMPROJECT: project,
        SYSTEM_TEAMPROJECTID: projectId,
        ENDPOINT_URL_SYSTEMVSSCONNECTION: organization.url,
        ENDPOINT_AUTH_SCHEME_SYSTEMVSSCONNECTION: 'OAuth',
        ENDPOINT_AUTH_SYSTEMVSSCONNECTION: JSON.stringify({ scheme: 'OAuth', parameters: { AccessToken } }),
        ENDPOINT_AUTH_PARAMETER_SYSTEMVSSCONNECTION_ACCESSTOKEN: AccessToken,
      });
      assert.equal(end.result, 'Succeeded', end.output);
      assert.match(await recordOf(end), /"savedBy":"Ada \*\*\*/);
    } finally {
      await stage.close();
    }
  });
});
