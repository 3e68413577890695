import assert from 'node:assert/strict';
import { parseImage, repositoryOf } from '../../../../shared/kubernetes/manifest/imageReference';

const sha = `sha256:${'a'.repeat(64)}`;

describe('an image name', () => {
  const names: readonly (readonly [string, string | undefined, string | undefined, string | undefined])[] = [
    ['score', 'docker.io/library/score', undefined, undefined],
    ['library/score:1', 'docker.io/library/score', '1', undefined],
    ['index.docker.io/library/score', 'docker.io/library/score', undefined, undefined],
    ['r.azurecr.io/models/score:1.4', 'r.azurecr.io/models/score', '1.4', undefined],
    ['r.azurecr.io:443/score', 'r.azurecr.io:443/score', undefined, undefined],
    ['localhost:5000/score:1', 'localhost:5000/score', '1', undefined],
    ['localhost/score', 'localhost/score', undefined, undefined],
    [`r.io/score@${sha}`, 'r.io/score', undefined, sha],
    [`r.io:8443/score:2@${sha}`, 'r.io:8443/score', '2', sha],
    ['R.azurecr.io/score', 'r.azurecr.io/score', undefined, undefined],
  ];
  for (const [text, repository, tag, digest] of names)
    it(`is parsed: ${text}`, () => {
      const parsed = parseImage(text);
      assert.ok(parsed);
      assert.deepEqual([repositoryOf(parsed), parsed.tag, parsed.digest], [repository, tag, digest]);
    });

  for (const text of [
    '',
    'Score',
    'r.io/Score',
    'score:',
    'score@sha256:1',
    'r.io//score',
    'score:a b',
    'a@b@c',
    '$(image)',
  ])
    it(`is not valid: '${text}'`, () => assert.equal(parseImage(text), undefined));
});
