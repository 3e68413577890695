import assert from 'node:assert/strict';
import type { Json } from '../../../../shared/json';
import { teamSchema } from '../../../../shared/devops/team/document';
import schema from '../../../../shared/devops/team/team.schema.json';
import { repositoryPermissions } from '../../../../shared/devops/team/repositoryPermissions';

describe('The definition of a team', () => {
  const messages = (document: Json): readonly string[] => teamSchema.check(document).map(({ message }) => message);

  it('needs a name only', () => {
    assert.deepEqual(messages({ name: 'Churn' }), []);
    assert.deepEqual(messages({}), ['name is missing.']);
  });

  for (const [areaPath, isGood] of [
    ['churn', true],
    ['models\\churn', true],
    ['models/churn', true],
    ['two words\\(churn)', true],
    ['\\models\\Area\\churn', false],
    ['models\\\\churn', false],
    ['models\\ ', false],
    ['models\\..', false],
    ['models\\a:b', false],
    ['a'.repeat(256), false],
  ] as const)
    it(`${isGood ? 'takes' : 'refuses'} the area path ${JSON.stringify(areaPath.slice(0, 30))}`, () => {
      const found = messages({ name: 'Churn', areaPath });
      if (isGood) assert.deepEqual(found, []);
      else assert.match(found.join(), /^areaPath must be names of areas that are separated by \\/);
    });

  it('refuses a name that no group may have', () => {
    for (const name of ['a/b', 'a@b]', 'a.', ' ', 'a\nb', 'x'.repeat(257)])
      assert.match(messages({ name }).join(), /^name must have 1 to 256 characters/, name);
    assert.deepEqual(messages({ name: 'Données & modèles (2)' }), []);
  });

  it('reports all that is wrong', () => {
    const found = messages({
      name: 1,
      members: ['a', 2],
      repositoryPermissions: ['write', 'read', 'read'],
      admins: [],
    });
    assert.deepEqual(
      found.map((message) => message.split(' ')[0]),
      ['name', 'members[1]', 'repositoryPermissions[0]', 'repositoryPermissions[2]', 'admins'],
    );
    assert.deepEqual(messages({ name: 'Churn', removeOtherMembers: true, members: [] }), [
      'removeOtherMembers needs members: without them, all members would be removed.',
    ]);
  });

  it('has a word for every permission of a repository', () => {
    assert.deepEqual(schema.properties.repositoryPermissions.items.enum, Object.keys(repositoryPermissions));
  });
});
