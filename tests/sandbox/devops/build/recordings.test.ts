import assert from 'node:assert/strict';
import sinon from 'sinon';
import { Definitions } from '../../../../sandbox/devops/build/definitions/definitions';
import { GitStore } from '../../../../sandbox/devops/git/repositories/gitStore';
import type { Organization } from '../../../../sandbox/devops/organization';
import { recordingsIfAny, required } from '../../../support/devops/facts';
import { askDevops, useOrganization } from '../../../support/devops/fixture';
import { replay, type ReplayOptions } from '../../../support/devops/replay';

const areas = /^(core|build|distributedtask|git\/repositories)/;

/** The project of the recorded runs had a repository with a pipeline that had run. */
async function provideBuilds(organization: Organization): Promise<void> {
  const { state } = organization;
  const { id } = await state.projects.create({ name: 'buildtests', visibility: 'organization' });
  const repository = state.of(GitStore).find(id, 'buildtests');
  assert.ok(repository);
  await askDevops(organization, `buildtests/_apis/git/repositories/${repository.id}/pushes`, {
    method: 'POST',
    body: {
      refUpdates: [{ name: 'refs/heads/main', oldObjectId: '0'.repeat(40) }],
      commits: [
        {
          comment: 'Add a pipeline',
          changes: [
            {
              changeType: 'add',
              item: { path: '/azure-pipelines.yml' },
              newContent: {
                content: 'pool: { vmImage: ubuntu-latest }\nsteps:\n- bash: echo 1\n',
                contentType: 'rawtext',
              },
            },
          ],
        },
      ],
    },
  });
  const definition = await askDevops(organization, 'buildtests/_apis/build/definitions', {
    method: 'POST',
    body: {
      name: 'BuildTests Definition1',
      comment: 'Enable pipeline',
      queue: { name: 'Azure Pipelines' },
      process: { type: 2, yamlFilename: 'azure-pipelines.yml' },
      repository: { id: repository.id, type: 'TfsGit', defaultBranch: 'main' },
      triggers: [{ settingsSourceType: 2, triggerType: 2 }],
    },
  });
  assert.equal(definition.status, 200, definition.text);
  assert.equal(state.of(Definitions).all().length, 1);
}

/** The recording lacks the first update of the pipeline: the next one names the revision that it made. */
function startAtSecondRevision({ state }: Organization): void {
  const definitions = state.of(Definitions);
  const add = definitions.add.bind(definitions);
  sinon.stub(definitions, 'add').callsFake((...given) => Object.assign(add(...given), { revision: 2 }));
}

describe('Pipelines, runs and libraries in the recorded scenarios', () => {
  const { organization } = useOrganization({ name: 'example-org' });
  const scenarios: Readonly<Record<string, Pick<ReplayOptions, 'exceptions' | 'skips' | 'bound'>>> = {
    build_cancel: {},
    build_listQueueShow: {},
    build_tag_listAddDelete: {},
    pipeline_create_and_variables_test: {
      // A part of the address of an identity, which a client sends back as it came.
      bound: { '00000007-0000-4000-8000-000000000007': 'account' },
      skips: {
        25: 'the recording lacks the update before this one, whose revision this one names',
        28: 'a 401 with the body of a list: changed by hand in the recording',
      },
    },
    pipeline_folders: {},
    pipeline_pools_and_agents: {},
    pipeline_queues: {},
    variable_group: {},
  };
  for (const [scenario, options] of Object.entries(scenarios)) {
    it(`answers ${scenario} as the service did`, async function () {
      const recordings = required(this, recordingsIfAny());
      await provideBuilds(organization());
      startAtSecondRevision(organization());
      const isWanted = (area: string) => areas.test(area);
      const report = await replay(organization(), recordings, scenario, { isWanted, ...options });
      assert.deepEqual(report.deviations, []);
      assert.deepEqual(report.unusedExceptions, []);
      assert.ok(report.compared > 0);
    });
  }
});
