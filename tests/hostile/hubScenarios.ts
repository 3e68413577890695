import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTask } from '../../shared/task/runTask';
import { task as loadModelVariables } from '../../tasks/LoadModelVariables/task';
import { task as syncModelVariables } from '../../tasks/SyncModelVariables/task';
import { FakeAgent } from '../support/fakeAgent';
import {
  openSyncStage,
  pushFile,
  saveInHub,
  syncedText,
  syncInputs,
  syncScenarios,
  syncState,
  type SyncScenario,
} from '../support/syncStage';
import type { Scenario, Stage } from './scenario';

/** The values of the hub and of the file are the same: nothing else is green. */
const inStep: SyncScenario = {
  what: 'the same values',
  mode: 'check',
  open: async () => {
    const stage = await openSyncStage();
    await pushFile(stage, syncedText);
    await saveInHub(stage, syncedText);
    return stage;
  },
};

function ofSync({ what, mode, open }: SyncScenario): Scenario {
  return {
    task: 'SyncModelVariables',
    what: `${mode}, ${what}`,
    open: async (): Promise<Stage> => {
      const stage = await open();
      stage.organization.requests.clear();
      return {
        standIns: { devops: stage.organization },
        run: (signal) => stage.run(syncModelVariables, syncInputs(mode), { signal }),
        endState: () => Promise.resolve(syncState(stage)),
        secrets: [stage.organization.personalAccessToken],
        close: () => stage.close(),
      };
    },
  };
}

/** A model file, and a value of it that the hub sets otherwise. */
async function ofLoading(registry: 'required' | 'optional'): Promise<Stage> {
  const stage = await openSyncStage();
  await saveInHub(stage, 'variables:\n  epochs: 20\n');
  stage.organization.requests.clear();
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'hub-variables-'));
  const modelFile = join(folder, 'model.yml');
  await writeFile(modelFile, syncedText);
  const { organization, project, projectId, clock } = stage;
  const variables = {
    'System.DefaultWorkingDirectory': folder,
    'Agent.TempDirectory': folder,
    'System.CollectionUri': organization.url,
    'System.TeamProject': project,
    'System.TeamProjectId': projectId,
    'System.AccessToken': organization.accessToken,
  };
  let agent = new FakeAgent();
  return {
    standIns: { devops: organization },
    run: async (signal) => {
      agent = new FakeAgent({ modelFile, registry }, {}, variables);
      await runTask(loadModelVariables, { agent, clock, signal });
      return agent;
    },
    endState: () => {
      const { resolvedFile, ...outputs } = agent.outputs;
      if (resolvedFile === undefined) return Promise.resolve(outputs);
      const isWarned = /the files alone are used\.$/m.test(agent.text('warning'));
      const isOfFiles = outputs['epochs'] === '10' && outputs['registryRevision'] === '';
      const isOfHub = outputs['epochs'] === '20' && outputs['registryRevision'] === '1';
      const isAsSaid = registry === 'optional' && (isOfHub || (isWarned && isOfFiles));
      return Promise.resolve(isAsSaid ? { ...outputs, epochs: '', registryRevision: '', registryHash: '' } : outputs);
    },
    secrets: [organization.accessToken],
    folder,
    close: async () => {
      await stage.close();
      await rm(folder, { recursive: true });
    },
  };
}

export const hubScenarios: readonly Scenario[] = [
  ...[inStep, ...syncScenarios].map(ofSync),
  { task: 'LoadModelVariables', what: 'a required hub', open: () => ofLoading('required') },
  { task: 'LoadModelVariables', what: 'an optional hub', open: () => ofLoading('optional') },
];
