import assert from 'node:assert/strict';
import {
  buildCauses,
  creatorCauses,
  findCause,
  messageCauses,
  serverCauses,
} from '../../../../shared/databricks/serving/trouble/causes';

const known = { it: 'version 2 of main.demo.churn', model: 'main.demo.churn', creator: 'ann@example.com' };

/** Messages and lines of logs, and what they mean. */
const seen: readonly [text: string, causes: typeof buildCauses, cause: RegExp][] = [
  [
    "PERMISSION_DENIED: User does not have EXECUTE on Routine or Model 'main.demo.churn'.",
    creatorCauses,
    /^The creator of the endpoint, ann@example\.com, is not allowed to read main\.demo\.churn\.$/,
  ],
  [
    'Served entity creation aborted because the resource did not become available in time.',
    messageCauses,
    /^Databricks has no capacity for the container of version 2/,
  ],
  [
    'Served entity creation aborted because the endpoint update timed out. Please see service logs for more information.',
    messageCauses,
    /did not become ready in the time/,
  ],
  [
    'Served entity creation aborted because the endpoint update was canceled.',
    messageCauses,
    /^Somebody stopped the update/,
  ],
  [
    '#12 ERROR: No matching distribution found for my-package==1.0.0',
    buildCauses,
    /no version of the package my-package==1\.0\.0 fits\.$/,
  ],
  [
    'ERROR: Cannot install a==1 and b==2 because these package versions have conflicting dependencies.',
    buildCauses,
    /the versions of its packages conflict\.$/,
  ],
  ['OSError: [Errno 28] No space left on device', buildCauses, /^The container image of version 2 .* is too large\.$/],
  [
    "Traceback (most recent call last):\nModuleNotFoundError: No module named 'sklearn'",
    serverCauses,
    /^Version 2 of main\.demo\.churn cannot be loaded: the Python module 'sklearn' is missing/,
  ],
  ["ImportError: cannot import name 'a' from 'b'", serverCauses, /an import fails \(cannot import name 'a' from 'b'\)/],
  ['[ERROR] Worker (pid:8) was sent SIGKILL! Perhaps out of memory?', serverCauses, /needs more memory/],
  ['ValueError: bad input', serverCauses, /cannot be loaded: ValueError: bad input\.$/],
];

describe('the causes of failed deployments to a serving endpoint', () => {
  for (const [text, causes, cause] of seen)
    it(`are recognized: ${text.slice(0, 60)}`, () => {
      assert.match(findCause(causes, text, known)?.cause ?? '', cause);
    });

  it('all have a message that was seen, an advice and a source', () => {
    for (const causes of [creatorCauses, messageCauses, buildCauses, serverCauses])
      for (const { matches, advice, source } of causes) {
        assert.ok(
          seen.some(([text, of]) => of === causes && matches.test(text)),
          String(matches),
        );
        assert.match(advice, /\.$/);
        assert.match(source, /^https:\/\//);
      }
  });
});
