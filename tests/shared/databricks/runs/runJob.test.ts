import assert from 'node:assert/strict';
import type { Workspace } from '../../../../shared/databricks/connect';
import { runJob } from '../../../../shared/databricks/runs/runJob';
import { CancelledError } from '../../../../shared/errors';
import type { HttpRequest } from '../../../../shared/http/httpClient';
import type { Shape } from '../../../../shared/http/shape';
import { decoded } from '../../../support/decoded';
import { testContext } from '../../../support/testContext';

const watch = { waitForCompletion: true, timeoutMinutes: 1, acceptPartialSuccess: false, repairAttempts: 0 };

describe('runJob', () => {
  for (const [what, cancelledAt, message] of [
    ['before', '/runs/list', /^Cancelled\.$/],
    ['while', '/runs/submit', /^Cancelled\. The request to start the run was not answered before that/],
  ] as const)
    it(`says what is known of the run when it is cancelled ${what} the run is started`, async () => {
      const http = {
        json: <T>({ path }: HttpRequest, shape: Shape<T>): Promise<T> =>
          path.endsWith(cancelledAt)
            ? Promise.reject(new CancelledError())
            : Promise.resolve(decoded({ runs: [] }, shape)),
        bytes: () => Promise.reject(new Error('not asked for')),
      };
      const workspace = { url: 'https://x.test', http } as unknown as Workspace;
      const options = { ...watch, seed: 'seed', onStarted: () => assert.fail('it was not started') };
      const source = { definition: { tasks: [] } };
      await assert.rejects(runJob(workspace, source, options, testContext()), { name: 'CancelledError', message });
    });
});
