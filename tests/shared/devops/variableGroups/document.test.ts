import assert from 'node:assert/strict';
import { variableGroupsSchema } from '../../../../shared/devops/variableGroups/document';
import type { Json } from '../../../../shared/json';

const check = (document: Json): readonly string[] => variableGroupsSchema.check(document).map(({ message }) => message);

describe('A list of variable groups', () => {
  it('takes texts, numbers and booleans as values, and secrets without one', () => {
    const variables = { A: 'a', B: 1, C: false, D: '', E: { isSecret: true } };
    assert.deepEqual(check([{ name: 'g', description: 'd', variables, removeOtherVariables: true }]), []);
  });

  it('has texts where values are written', () => {
    assert.equal(variableGroupsSchema.textAt([0, 'variables', 'VERSION']), true);
    assert.equal(variableGroupsSchema.textAt([0, 'variables', 'constructor']), true);
    assert.equal(variableGroupsSchema.textAt([0, 'variables', 'VERSION', 'isSecret']), false);
    assert.equal(variableGroupsSchema.textAt([0, 'removeOtherVariables']), false);
  });

  const value =
    'must be text, a number, true or false, or isSecret: true for a secret, whose value is never in the document.';
  const wrong: readonly (readonly [what: string, document: Json, messages: readonly string[]])[] = [
    ['no group', [], ['the document must have at least one entry.']],
    ['no name', [{ name: ' ', variables: { A: 1 } }], ['[0].name must be a name that is not empty.']],
    ['no variables', [{ name: 'g' }], ['[0].variables is missing.']],
    [
      'a value of a secret',
      [{ name: 'g', variables: { A: { isSecret: true, value: 'x' } } }],
      [`[0].variables.A ${value}`],
    ],
    ['no secret after all', [{ name: 'g', variables: { A: { isSecret: false } } }], [`[0].variables.A ${value}`]],
    ['no value', [{ name: 'g', variables: { A: null } }], [`[0].variables.A ${value}`]],
    [
      'an empty group',
      [{ name: 'g', variables: {} }],
      ['[0].variables must have at least one variable: Azure DevOps keeps no empty group.'],
    ],
    [
      'a name twice',
      [
        { name: 'g', variables: { A: 1, a: 2 } },
        { name: 'G ', variables: { ' B': 1 } },
      ],
      [
        '[0].variables.a differs from A in case only, which is the same variable in Azure DevOps.',
        '[1].name is the name of [0], too.',
        '[1].variables. B must have a name that is not empty, and that has no spaces at its ends.',
      ],
    ],
  ];
  for (const [what, document, messages] of wrong)
    it(`is refused with ${what}`, () => {
      assert.deepEqual(check(document), messages);
    });

  it('warns of names that tasks do not receive', () => {
    const [finding] = variableGroupsSchema.check([{ name: 'g', variables: { PathToModel: 'x' } }]);
    assert.equal(finding?.severity, 'warning');
    assert.match(finding.message, /^\[0\]\.variables\.PathToModel is not available to tasks: /);
  });
});
