import assert from 'node:assert/strict';
import type { Library } from '../../../../shared/databricks/api/libraries';
import { libraryKey } from '../../../../shared/databricks/libraries/key';

const same: readonly (readonly [Library, Library])[] = [
  [{ pypi: { package: 'Ruamel_YAML == 1.0' } }, { pypi: { package: 'ruamel.yaml==1.0.0' } }],
  [{ pypi: { package: 'a[y,X]>=1,<2' } }, { pypi: { package: 'A[x,y] <2.0, >=1.0' } }],
  [
    { pypi: { package: 'a', repo: 'https://feed.test/simple/' } },
    { pypi: { package: 'a', repo: 'https://feed.test/simple' } },
  ],
  [{ pypi: { package: ' git+https://host.test/a ' } }, { pypi: { package: 'git+https://host.test/a' } }],
  [
    { maven: { coordinates: 'g:a:1', exclusions: ['b:b', 'a:a'] } },
    { maven: { coordinates: 'g:a:1 ', exclusions: ['a:a', 'b:b'] } },
  ],
  [{ maven: { coordinates: 'g:a:1', exclusions: [] } }, { maven: { coordinates: 'g:a:1' } }],
];

const different: readonly Library[] = [
  { pypi: { package: 'a' } },
  { pypi: { package: 'a==1' } },
  { pypi: { package: 'a==1.*' } },
  { pypi: { package: 'a==1.0.*' } },
  { pypi: { package: 'a~=1.0' } },
  { pypi: { package: 'a~=1.0.0' } },
  { pypi: { package: 'a[x]==1' } },
  { pypi: { package: 'a==1 ; python_version > "3"' } },
  { pypi: { package: 'a', repo: 'https://feed.test/simple' } },
  { cran: { package: 'a' } },
  { cran: { package: 'a', repo: 'https://cran.test' } },
  { maven: { coordinates: 'g:a:1' } },
  { maven: { coordinates: 'g:a:1', repo: 'https://maven.test' } },
  { maven: { coordinates: 'g:a:1', exclusions: ['a:a'] } },
  { jar: '/Volumes/c/s/v/a' },
  { whl: '/Volumes/c/s/v/a' },
  { egg: '/Volumes/c/s/v/a' },
  { requirements: '/Volumes/c/s/v/a' },
];

describe('libraryKey', () => {
  for (const [one, other] of same)
    it(`is the same for ${JSON.stringify(one)} and ${JSON.stringify(other)}`, () => {
      assert.equal(libraryKey(one), libraryKey(other));
    });

  it('differs for libraries that differ', () => {
    assert.equal(new Set(different.map(libraryKey)).size, different.length);
  });
});
