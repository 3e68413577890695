import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { DatabricksOptions } from '../../sandbox/databricks/databricks';
import { servingFailures } from '../../sandbox/databricks/serving/servingScripts';
import type { FakeAgent } from '../support/fakeAgent';
import { endpoint, model, ServingWorkspace } from '../support/servingStage';

const page = new URL('../../docs/deploy-databricks-serving.md', import.meta.url);

interface Failure {
  readonly title: string;
  readonly options?: DatabricksOptions;
  readonly deploy: (workspace: ServingWorkspace) => Promise<FakeAgent>;
}

const [ann, bob] = [
  { userName: 'ann@example.com', token: 'ann' },
  { userName: 'bob@example.com', token: 'bob', isAdmin: false },
];
const users = { users: [ann, bob] };

/** A container that restarts later does not fail a deployment. */
const byName: readonly Failure[] = servingFailures
  .filter((failure) => failure !== 'containerRestarts')
  .map((failure) => ({
    title: failure,
    options: { users: [ann] },
    deploy: async (workspace) => {
      await workspace.deploy(1);
      workspace.databricks.scriptServing({ matching: { entityVersion: '2' }, failure });
      return workspace.deploy(2);
    },
  }));

const others: readonly Failure[] = [
  {
    title: 'a caller who may not use the model',
    options: users,
    deploy: async (workspace) => {
      await workspace.deploy(1);
      await workspace.request('PATCH', `/api/2.0/permissions/serving-endpoints/${workspace.found?.id ?? ''}`, {
        access_control_list: [{ user_name: 'bob@example.com', permission_level: 'CAN_MANAGE' }],
      });
      delete workspace.databricks.catalogModels.get(model).grants['account users'];
      return workspace.deploy(2, {}, { token: 'bob' });
    },
  },
  {
    title: 'a creator who has left the workspace',
    options: { users: [ann, { ...bob, isAdmin: true }] },
    deploy: async (workspace) => {
      await workspace.deploy(1);
      workspace.databricks.identities.remove('ann@example.com');
      return workspace.deploy(2, {}, { token: 'bob' });
    },
  },
  {
    title: 'an endpoint that others have created',
    options: { users: [ann] },
    deploy: async (workspace) => {
      await workspace.deploy(1);
      await workspace.api('PATCH', `/${endpoint}/tags`, { delete_tags: ['managed-by'] });
      return workspace.deploy(2);
    },
  },
  {
    title: 'a secret in plain text',
    deploy: (workspace) => workspace.deploy(1, { environment: 'API_KEY=abcdef' }),
  },
  {
    title: 'an update that takes longer than the step may',
    deploy: (workspace) => {
      workspace.databricks.scriptServing({ buildSeconds: 4000 });
      return workspace.deploy(1, { timeoutMinutes: '30' });
    },
  },
];

describe('the gallery of failures of serving endpoints in the documentation', () => {
  let quotes: readonly string[];
  before(async () => {
    const text = await readFile(page, 'utf8');
    quotes = [...text.matchAll(/^> ?(.+)$/gm)].map(([, quote = '']) => quote.trim());
  });

  for (const { title, options, deploy } of [...byName, ...others])
    it(`quotes the message: ${title}`, async () => {
      const workspace = await ServingWorkspace.open(options);
      try {
        const { result, message } = (await deploy(workspace)).end;
        assert.equal(result, 'Failed');
        const [first = '', ...more] = message.split('\n').map((line) => line.trim());
        assert.ok(quotes.includes(first), first);
        if (more.length > 0)
          assert.ok(
            more.some((line) => quotes.includes(line)),
            more.join('\n'),
          );
      } finally {
        await workspace.close();
      }
    });
});
