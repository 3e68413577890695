import assert from 'node:assert/strict';
import type { Library } from '../../../../shared/databricks/api/libraries';
import { libraryTitle } from '../../../../shared/databricks/libraries/title';
import { planLibraries } from '../../../../shared/databricks/libraries/planLibraries';

const pypi = (name: string, repo?: string): Library => ({ pypi: { package: name, ...(repo && { repo }) } });
const maven = (coordinates: string): Library => ({ maven: { coordinates } });
const whl = (path: string): Library => ({ whl: path });
const jar = (path: string): Library => ({ jar: path });

/** What is to be done, in words, when a cluster has libraries in some states. */
function plan(
  wanted: readonly Library[],
  has: readonly (readonly [Library, string, 'everywhere'?])[],
  { removeOthers = false } = {},
): Record<string, readonly string[]> {
  const states = has.map(([library, status, scope]) => ({
    library,
    status,
    messages: [],
    isForAllClusters: scope === 'everywhere',
  }));
  const { missing, leaving, restartFor } = planLibraries(wanted, states, removeOthers);
  const all = {
    install: missing.map(libraryTitle),
    remove: leaving.map(({ library }) => libraryTitle(library)),
    restart: restartFor.map(libraryTitle),
  };
  return Object.fromEntries(Object.entries(all).filter(([, titles]) => titles.length > 0));
}

describe('planLibraries', () => {
  it('installs what is missing or has failed, and waits for what is under way', () => {
    const wanted = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => pypi(name));
    const statuses = ['PENDING', 'RESOLVING', 'INSTALLING', 'INSTALLED', 'RESTORED', 'FAILED'];
    const has = statuses.map((status, index) => [wanted[index] ?? pypi('x'), status] as const);
    assert.deepEqual(plan(wanted, has), { install: ['pypi f', 'pypi g'] });
  });

  it('treats libraries as equal that are only written differently', () => {
    assert.deepEqual(plan([pypi('Scikit_Learn >= 1.5')], [[pypi('scikit-learn>=1.5'), 'INSTALLED']]), {});
  });

  for (const [what, wanted, other] of [
    ['a version of a package', pypi('pandas==2.2.3'), pypi('Pandas==2.2.2')],
    ['a package from an index', pypi('demo==1', 'https://a.example'), pypi('demo==1')],
    ['a wheel of a package', whl('/Workspace/x/demo_model-2-py3-none-any.whl'), pypi('demo-model==1')],
    ['a wheel by its folder', whl('/Workspace/2/a-1-py3-none-any.whl'), whl('/Workspace/1/a-1-py3-none-any.whl')],
    ['a version of an artifact', maven('org.example:demo:2'), maven('org.example:demo:1')],
    ['a jar by its folder', jar('/Workspace/2/demo.jar'), jar('/Workspace/1/demo.jar')],
    ['an R package from a repository', { cran: { package: 'a', repo: 'https://a' } }, { cran: { package: 'a' } }],
  ] as const)
    it(`removes another of its kind before it installs ${what}`, () => {
      assert.deepEqual(plan([wanted], [[other, 'INSTALLED']]), {
        install: [libraryTitle(wanted)],
        remove: [libraryTitle(other)],
        restart: [libraryTitle(other)],
      });
    });

  it('keeps libraries that are unrelated to the wanted ones', () => {
    const others = [maven('org.example:other:1'), jar('/Workspace/1/other.jar'), pypi('git+https://example.com/x')];
    assert.deepEqual(
      plan(
        [maven('org.example:demo:2')],
        others.map((other) => [other, 'INSTALLED'] as const),
      ),
      {
        install: ['maven org.example:demo:2'],
      },
    );
  });

  it('removes others when that is allowed, except for those of all clusters', () => {
    const has = [
      [pypi('a'), 'INSTALLED'],
      [pypi('b'), 'FAILED'],
      [pypi('c'), 'INSTALLED', 'everywhere'],
      [{ requirements: '/Workspace/r.txt' }, 'INSTALLED'],
    ] as const;
    const gone = ['pypi b', 'requirements /Workspace/r.txt'];
    assert.deepEqual(plan([pypi('a')], has, { removeOthers: true }), { remove: gone, restart: gone });
  });

  it('needs no restart for another version that is not on the cluster', () => {
    for (const status of ['FAILED', 'SKIPPED'])
      assert.deepEqual(plan([pypi('a==2')], [[pypi('a==1'), status]]), {
        install: ['pypi a==2'],
        remove: ['pypi a==1'],
      });
  });

  it('needs a restart for what is already marked for removal, where it is in the way', () => {
    const mark = 'UNINSTALL_ON_RESTART';
    assert.deepEqual(plan([pypi('a==2')], [[pypi('a==1'), mark]]), {
      install: ['pypi a==2'],
      remove: ['pypi a==1'],
      restart: ['pypi a==1'],
    });
    assert.deepEqual(plan([pypi('a')], [[pypi('a'), mark]]), { install: ['pypi a'], restart: ['pypi a'] });
    for (const status of ['INSTALLED', 'PENDING'])
      assert.deepEqual(
        plan(
          [pypi('a==2')],
          [
            [pypi('a==2'), status],
            [pypi('a==1'), mark],
          ],
        ),
        {},
      );
    assert.deepEqual(
      plan(
        [pypi('a')],
        [
          [pypi('a'), 'INSTALLED'],
          [pypi('b'), mark],
        ],
      ),
      {},
    );
  });
});
