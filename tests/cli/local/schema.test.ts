import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { load } from 'js-yaml';
import { run } from '../../../cli/local/schema/printSchema';
import { schemaKinds } from '../../../cli/local/schema/schemaKinds';
import { projectRoot } from '../../../tools/commandLine';
import { localRun } from './localRun';

describe('mloccli schema', () => {
  async function validator(kind: string): Promise<ValidateFunction> {
    const { text = '' } = await localRun(run, projectRoot, [kind]);
    const keywords = ['mandatory', 'locked', 'compileTime'];
    const formats = { path: true, semver: true } as const;
    return new Ajv({ keywords, formats, allowUnionTypes: true, strictTypes: false }).compile(
      JSON.parse(text) as object,
    );
  }

  for (const kind of Object.keys(schemaKinds))
    it(`${kind} is a JSON Schema`, async () => {
      assert.ok(await validator(kind));
    });

  it('cluster accepts the specification of the template, and refuses wrong types; unknown fields are allowed', async () => {
    const validate = await validator('cluster');
    const cluster = load(
      await readFile(path.join(projectRoot, 'template', 'demo_model', 'cluster.yml'), 'utf8'),
    ) as object;
    assert.ok(validate(cluster), JSON.stringify(validate.errors));
    assert.ok(validate({ ...cluster, num_workers: '2', field_of_next_year: true, azure_attributes: null }));
    assert.ok(!validate({ ...cluster, num_workers: true }));
    assert.ok(!validate({ ...cluster, custom_tags: { team: 1 } }));
    assert.ok(!validate([]));
  });

  it('libraries is a list, and job requires what the service requires', async () => {
    const libraries = await validator('libraries');
    assert.ok(libraries([{ pypi: { package: 'numpy' } }]));
    assert.ok(!libraries([{ pypi: {} }]));
    const job = await validator('job');
    assert.ok(job({ name: 'train', tasks: [{ task_key: 'a', notebook_task: { notebook_path: '/a' } }] }));
    assert.ok(!job({ tasks: [{ notebook_task: { notebook_path: '/a' } }] }));
  });

  it('writes a file', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'schema-'));
    try {
      const end = await localRun(run, folder, ['team'], { file: 'team.json' });
      assert.deepEqual(end.outputs, { file: path.join(folder, 'team.json') });
      assert.match(await readFile(path.join(folder, 'team.json'), 'utf8'), /^\{\n {2}"\$schema"/);
      await assert.rejects(localRun(run, folder, ['team'], { file: 'none/team.json' }), /none/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
