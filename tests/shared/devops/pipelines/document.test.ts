import assert from 'node:assert/strict';
import type { Json } from '../../../../shared/json';
import { normalizedPath, pathKey } from '../../../../shared/devops/pipelines/document';
import { pipelinesDocumentSchema } from '../../../../shared/devops/pipelines/planDocument';

const yamlFile = 'ci.yml';
const only = (entry: object): Json => ({ pipelines: [{ name: 'a', yamlFile, ...entry }] });

describe('A document of pipelines', () => {
  const rows: readonly (readonly [what: string, document: Json, expected: readonly string[]])[] = [
    ['needs pipelines', {}, ['pipelines is missing.']],
    [
      'knows its settings',
      { ...(only({}) as object), agents: [] },
      ['agents is not known. Known are: folder, pipelines, variableGroups, environments.'],
    ],
    [
      'needs a file that is inside of the repository',
      only({ yamlFile: '../ci.yml' }),
      ['pipelines[0].yamlFile must match ^(?!.*(^|/)\\.{1,2}(/|$))[^\\s\\\\]([^\\\\\\p{C}]*[^\\s\\\\/])?$.'],
    ],
    [
      'takes no path for a name',
      only({ name: 'm/a' }),
      ['pipelines[0].name must match ^(?!\\s)[^\\\\/:*?"<>|%\\p{C}]{1,256}(?<!\\s)$.'],
    ],
    [
      'takes one pipeline of a folder and a name',
      {
        folder: 'm',
        pipelines: [
          { name: 'a', yamlFile },
          { name: 'A', yamlFile, folder: '\\m\\' },
        ],
      },
      ['pipelines[1].name is the name of pipelines[0], too, in the same folder.'],
    ],
    [
      'takes the same name in two folders',
      {
        pipelines: [
          { name: 'a', yamlFile },
          { name: 'a', yamlFile, folder: 'm' },
        ],
      },
      [],
    ],
    [
      'takes no value of a secret',
      only({ variables: { T: { isSecret: true, value: 'x' } } }),
      [
        'pipelines[0].variables.T is a secret: its value does not belong into the document, where everybody can read it. Remove it.',
      ],
    ],
    [
      'needs a value of others',
      only({ variables: { T: { allowOverride: true } } }),
      ['pipelines[0].variables.T needs a value, or isSecret: true.'],
    ],
    ['takes a variable once', only({ variables: { T: 1, t: 2 } }), ['pipelines[0].variables.t is the same name as T.']],
    [
      'takes one trigger of a pipeline',
      only({ completionTriggers: [{ pipeline: 'm/b' }, { pipeline: '\\M\\b' }] }),
      ['pipelines[0].completionTriggers[1] is for the same pipeline as pipelines[0].completionTriggers[0].'],
    ],
    [
      'takes no tag as a branch',
      only({ defaultBranch: 'refs/tags/v1' }),
      ['pipelines[0].defaultBranch must match ^(refs/heads/)?(?!refs/)[^\\s~^:?*\\[\\\\]+$.'],
    ],
    [
      'has the rules of variable groups and environments',
      {
        ...(only({}) as object),
        variableGroups: [{ name: 'g', variables: {} }],
        environments: [{ name: 'e' }, { name: 'E' }],
      },
      [
        'variableGroups[0].variables must have at least one variable: Azure DevOps keeps no empty group.',
        'environments[1].name is the name of environments[0], too.',
      ],
    ],
  ];
  for (const [what, document, expected] of rows)
    it(what, () => {
      const found = pipelinesDocumentSchema.check(document).filter(({ severity }) => severity === 'error');
      assert.deepEqual(
        found.map(({ message }) => message),
        expected,
      );
    });

  it('keeps the values of variables as they are written', () => {
    for (const path of [
      ['pipelines', 0, 'variables', 'A'],
      ['pipelines', 0, 'variables', 'A', 'value'],
      ['variableGroups', 0, 'variables', 'A'],
      ['pipelines', 0, 'name'],
    ])
      assert.equal(pipelinesDocumentSchema.textAt(path), true, path.join('.'));
  });

  it('warns about names of variables that tasks do not receive', () => {
    const [warning] = pipelinesDocumentSchema.check(only({ variables: { input_x: 1 } }));
    assert.equal(warning?.severity, 'warning');
  });

  it('has one form of a folder', () => {
    for (const folder of ['models/m1', '\\models\\m1', 'models\\m1\\', '/models//m1/'])
      assert.equal(normalizedPath(folder), '\\models\\m1');
    assert.equal(normalizedPath(''), '\\');
    assert.equal(pathKey('\\', 'A'), '\\a');
  });
});
