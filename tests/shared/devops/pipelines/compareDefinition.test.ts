import assert from 'node:assert/strict';
import { compareDefinition, newDefinition } from '../../../../shared/devops/pipelines/compareDefinition';
import type { PipelineEntry } from '../../../../shared/devops/pipelines/document';
import type { WantedPipeline } from '../../../../shared/devops/pipelines/wanted';
import type { JsonMap } from '../../../../shared/json';

const entry: PipelineEntry = { name: 'ci', yamlFile: 'ci.yml', defaultBranch: 'main' };

function wanted(more: Partial<PipelineEntry> = {}, others: Partial<WantedPipeline> = {}): WantedPipeline {
  return {
    entry: { ...entry, ...more },
    path: ['pipelines', 0],
    folder: '\\m',
    yamlFile: 'ci.yml',
    repository: { id: 'AB', name: 'churn' },
    defaultBranch: 'refs/heads/main',
    pool: { id: 9, name: 'Azure Pipelines' },
    triggers: [],
    secrets: new Map(),
    updateSecrets: false,
    firstRun: 'none',
    ...others,
  };
}

/** As the service returned one that `az pipelines create` made, with what it adds. */
const recorded: JsonMap = {
  triggers: [{ branchFilters: [], pathFilters: [], settingsSourceType: 2, triggerType: 'continuousIntegration' }],
  properties: {},
  jobAuthorizationScope: 'projectCollection',
  process: { yamlFilename: '/ci.yml', type: 2 },
  repository: { id: 'ab', type: 'TfsGit', name: 'churn', defaultBranch: 'main', clean: null },
  quality: 'definition',
  queue: { id: 9, name: 'Azure Pipelines', pool: { id: 9 } },
  queueStatus: 'enabled',
  id: 12,
  revision: 1,
  name: 'ci',
  path: '\\m',
};

function compared(pipeline: WantedPipeline, whole: JsonMap = recorded) {
  const definition = { id: 12, name: 'ci', path: '\\m', revision: 1, queueStatus: 'enabled', whole };
  return compareDefinition(pipeline, definition);
}

describe('The comparison of a pipeline', () => {
  it('finds no difference in what the service adds and writes otherwise', () => {
    assert.equal(compared(wanted()).kind, 'unchanged');
    assert.equal(compared(wanted({ pool: 'azure pipelines' })).kind, 'unchanged');
  });

  it('names each difference, and keeps everything else', () => {
    const theirs = {
      ...recorded,
      tags: ['theirs'],
      variables: { A: { value: '1' }, S: { value: null, isSecret: true } },
    };
    const { kind, differences, body } = compared(
      wanted(
        { pool: 'own', variables: { a: 2, B: { value: '', allowOverride: true } } },
        { yamlFile: 'new.yml', defaultBranch: 'refs/heads/next', pool: { id: 3, name: 'own' } },
      ),
      theirs,
    );
    assert.equal(kind, 'update');
    assert.deepEqual(differences, [
      '~ yamlFile: ci.yml → new.yml',
      '~ defaultBranch: refs/heads/main → refs/heads/next',
      '~ pool: Azure Pipelines → own',
      '~ variables.A: 1 → 2',
      '+ variables.B: empty',
    ]);
    assert.deepEqual(body, {
      ...theirs,
      process: { yamlFilename: 'new.yml', type: 2 },
      repository: { ...(recorded['repository'] as JsonMap), defaultBranch: 'refs/heads/next' },
      queue: { id: 3 },
      variables: { A: { value: '2' }, S: { isSecret: true }, B: { value: '', allowOverride: true } },
    });
  });

  it('changes whether people can set a variable only if the document says it', () => {
    const found = { ...recorded, variables: { A: { value: '1', allowOverride: true } } };
    assert.equal(compared(wanted({ variables: { A: 1 } }), found).kind, 'unchanged');
    const { differences } = compared(wanted({ variables: { A: { value: 1, allowOverride: false } } }), found);
    assert.deepEqual(differences, ['~ variables.A.allowOverride: true → false']);
  });

  it('writes a secret only where there is none, or if it is told to', () => {
    const found = { ...recorded, variables: { T: { value: null, isSecret: true } } };
    const secrets = new Map([['t', 'value']]);
    const variables = { T: { isSecret: true } };
    assert.deepEqual(compared(wanted({ variables }, { secrets })).differences, ['+ variables.T: secret']);
    assert.equal(compared(wanted({ variables }, { secrets }), found).kind, 'unchanged');
    const again = compared(wanted({ variables }, { secrets, updateSecrets: true }), found);
    assert.deepEqual(again.differences, ['~ variables.T: secret, written again']);
    assert.deepEqual(again.body.variables, { T: { value: 'value', isSecret: true } });
  });

  it('keeps a secret from becoming readable, and what was readable from becoming a secret', () => {
    const secret = compared(wanted({ variables: { T: 1 } }), { ...recorded, variables: { T: { isSecret: true } } });
    assert.deepEqual([secret.kind, /stays one/.test(secret.notes.join())], ['conflict', true]);
    const plain = compared(wanted({ variables: { T: { isSecret: true } } }), {
      ...recorded,
      variables: { T: { value: 'x' } },
    });
    assert.deepEqual([plain.kind, /is not a secret/.test(plain.notes.join())], ['conflict', true]);
  });

  it('adds and corrects its completion triggers, and keeps those of others', () => {
    const source = { source: '\\m\\train', sourceId: 7, branches: ['refs/heads/main'] };
    const added = compared(wanted({}, { triggers: [source] }));
    assert.deepEqual(added.differences, ['+ completionTriggers.\\m\\train: refs/heads/main']);
    assert.equal((added.body.triggers as readonly unknown[]).length, 2);
    const found = (trigger: JsonMap): JsonMap => ({
      ...recorded,
      triggers: [{ triggerType: 128, definition: { id: 7 }, ...trigger }],
    });
    assert.equal(compared(wanted({}, { triggers: [source] }), found({ branchFilters: ['+main'] })).kind, 'unchanged');
    const other = compared(
      wanted({}, { triggers: [source] }),
      found({ requiresSuccessfulBuild: false, branchFilters: [] }),
    );
    assert.deepEqual(other.differences, [
      '~ completionTriggers.\\m\\train: all branches, also of runs that failed → refs/heads/main',
    ]);
    assert.equal((other.body.triggers as readonly unknown[]).length, 1);
    const failed = found({ requiresSuccessfulBuild: false, branchFilters: ['+main'] });
    assert.equal(compared(wanted({}, { triggers: [source] }), failed).kind, 'update');
    assert.equal(compared(wanted(), found({})).kind, 'unchanged');
  });

  const others: readonly (readonly [string, JsonMap, RegExp])[] = [
    [
      'of another repository',
      { repository: { id: 'cd', type: 'TfsGit', name: 'other' } },
      /of the repository 'other' \(TfsGit cd\), not of 'churn' \(AB\)/,
    ],
    [
      'of a repository elsewhere',
      { repository: { id: 'AB', type: 'GitHub', name: 'x/y' } },
      /of the repository 'x\/y' \(GitHub AB\)/,
    ],
    ['without a YAML file', { process: { type: 1 } }, /a classic pipeline/],
  ];
  for (const [what, more, expected] of others)
    it(`never takes over a pipeline ${what}`, () => {
      const { kind, notes } = compared(wanted(), { ...recorded, ...more });
      assert.equal(kind, 'conflict');
      assert.match(notes.join(' '), expected);
    });

  it('creates a pipeline whose triggers are those of its file', () => {
    const { body } = newDefinition(wanted({ variables: { A: 1.5 } }));
    assert.deepEqual(body, {
      name: 'ci',
      path: '\\m',
      type: 'build',
      quality: 'definition',
      queueStatus: 'enabled',
      queue: { id: 9 },
      repository: {
        id: 'AB',
        name: 'churn',
        type: 'TfsGit',
        defaultBranch: 'refs/heads/main',
        properties: { reportBuildStatus: 'true' },
      },
      process: { type: 2, yamlFilename: 'ci.yml' },
      triggers: [{ settingsSourceType: 2, triggerType: 2 }],
      variables: { A: { value: '1.5' } },
    });
  });
});
