import assert from 'node:assert/strict';
import { useOrganization } from '../../../support/devops/fixture';
import { PipelineProject } from './pipelineProject';

const yaml = (trigger: string) => `${trigger}\npool: { vmImage: ubuntu-latest }\nsteps:\n- bash: 'true'\n`;

/** Branches and paths that are pushed, one after the other; whether each starts a run of each trigger. */
const pushes = [
  ['main', 'src/a.py'],
  ['main', 'docs/a.md'],
  ['release/1', 'src/b.py'],
  ['release/old', 'src/c.py'],
  ['topic', 'src/d.py'],
] as const;

const triggers: readonly [title: string, trigger: string | object, starts: readonly boolean[]][] = [
  ['the branches of a list', 'trigger:\n- main\n- release/*', [true, true, true, true, false]],
  ['no branch', 'trigger: none', [false, false, false, false, false]],
  ['every branch, without a trigger', '', [true, true, true, true, true]],
  [
    'branches and paths, some of them excluded',
    'trigger:\n  branches: { include: [main, release/*], exclude: [release/old] }\n  paths: { include: [src], exclude: [src/b.py] }',
    [true, false, false, false, false],
  ],
  [
    'the filters of the pipeline instead of its file',
    {
      settingsSourceType: 1,
      branchFilters: ['+refs/heads/*', '-refs/heads/topic'],
      pathFilters: ['+/src', '-/src/c.py'],
    },
    [true, false, true, false, false],
  ],
];

describe('Pushes that start pipelines of the stand-in', () => {
  const fixture = useOrganization();
  const project = new PipelineProject(fixture);

  for (const [title, trigger, starts] of triggers)
    it(`follow ${title}`, async () => {
      const isOfYaml = typeof trigger === 'string';
      await project.push({ 'ci.yml': yaml(isOfYaml ? trigger : 'trigger: none') });
      // Of a new branch, all files are new.
      for (const branch of new Set(pushes.map(([name]) => name))) await project.push({ 'readme.md': branch }, branch);
      const definition = await project.define('ci', 'ci.yml', {
        triggers: [{ triggerType: 'continuousIntegration', ...(isOfYaml ? { settingsSourceType: 2 } : trigger) }],
      });
      const { engine } = project;
      const { runner } = engine;
      assert.ok(runner);
      engine.runner = {
        describe: (source) => runner.describe(source),
        run: () => Promise.resolve({ result: 'succeeded', buildNumber: '', tags: [], artifacts: [] }),
      };
      await project.queue(definition);
      const started: boolean[] = [];
      for (const [branch, path] of pushes) {
        await engine.settle();
        const before = (await project.builds(definition)).length;
        await project.push({ [path]: 'text' }, branch);
        await engine.settle();
        started.push((await project.builds(definition)).length > before);
      }
      assert.deepEqual(started, starts);
    });

  it('do not start a pipeline that nothing triggers, although it needs parameters', async () => {
    const parameters = 'parameters:\n- name: model\n  type: string\n';
    await project.push({ 'ci.yml': yaml('trigger: none'), 'manual.yml': parameters + yaml('trigger: none') });
    const [ci, manual] = [await project.define('ci', 'ci.yml'), await project.define('manual', 'manual.yml')];
    const templateParameters = { model: 'churn' };
    for (const [id, more] of [[manual, { templateParameters }] as const, [ci, {}] as const])
      assert.equal((await project.ended(await project.queue(id, more))).result, 'succeeded');
    await project.push({ 'a.txt': 'a' });
    await project.engine.settle();
    assert.equal((await project.builds(manual)).length, 1);
  });

  it('leave a failed run of a pipeline that they start and that needs parameters', async () => {
    await project.push({ 'ci.yml': 'parameters:\n- name: model\n  type: string\n' + yaml('trigger: [main]') });
    const definition = await project.define('ci', 'ci.yml');
    await project.ended(await project.queue(definition, { templateParameters: { model: 'churn' } }));
    await project.push({ 'a.txt': 'a' });
    await project.engine.settle();
    const [newest] = await project.builds(definition);
    assert.deepEqual([newest?.reason, newest?.result], ['individualCI', 'failed']);
    assert.match(newest?.validationResults[0]?.message ?? '', /A value for the 'model' parameter must be provided/);
  });
});
