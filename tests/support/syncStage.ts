import assert from 'node:assert/strict';
import { Extensions } from '../../sandbox/devops/extensions/extensions';
import { entryAt } from '../../sandbox/devops/git/objects/files';
import { ancestors } from '../../sandbox/devops/git/objects/history';
import { isObject } from '../../shared/json';
import { ownExtension } from '../../shared/devops/registry/ownExtension';
import { sendToDevops } from './devops/fixture';
import { DevopsStage } from './devopsStage';
import { hubOf, installHub } from './hub';

type Given = Readonly<Record<string, string>>;

/** The path of the variable file in the repository `churn`. */
export const syncedPath = 'churn/model_variables.yml';

/** A variable file. */
export const syncedText = `# The churn model.
variables:
  modelName: churn
  modelVersion: '1'
  epochs: 10 # more is slower
  rate: 0.1
`;

/** The inputs of SyncModelVariables for the file and the model of a stage. */
export function syncInputs(mode: string): Given {
  return { mode, repository: 'churn', variablesFile: syncedPath, registryModel: 'churn' };
}

/** An organization with the hub and the repository `churn`, both without the model. */
export async function openSyncStage(): Promise<DevopsStage> {
  const stage = await DevopsStage.open();
  installHub(stage);
  stage.addRepository('churn');
  return stage;
}

/** Pushes a text of the file to the branch `main` one minute later, as a person does. */
export async function pushFile(stage: DevopsStage, content: string): Promise<void> {
  stage.clock.advance(60_000);
  const { organization, project } = stage;
  const repositories = `${project}/_apis/git/repositories/churn`;
  const name = 'refs/heads/main';
  const stored = stage.git.list(stage.projectId)[0];
  assert.ok(stored);
  const oldObjectId = stored.tipOf(name);
  const { objects } = stored;
  const isThere = entryAt(objects, objects.readCommit(oldObjectId).tree, syncedPath) !== undefined;
  const change = {
    changeType: isThere ? 'edit' : 'add',
    item: { path: `/${syncedPath}` },
    newContent: { content, contentType: 'rawtext' },
  };
  const body = { refUpdates: [{ name, oldObjectId }], commits: [{ comment: 'Edit', changes: [change] }] };
  const { status, text } = await sendToDevops(organization, `${repositories}/pushes`, { method: 'POST', body });
  assert.equal(status, 201, text);
}

/** Saves a text of the model in the hub one minute later, as a person does. */
export async function saveInHub(stage: DevopsStage, text: string): Promise<void> {
  stage.clock.advance(60_000);
  const hub = hubOf(stage);
  const saved = await hub.save({ id: 'churn', text, comment: 'Slower', base: await hub.model('churn') });
  assert.equal(saved.kind, 'saved');
}

/** What SyncModelVariables has to do. */
export interface SyncScenario {
  readonly what: string;
  readonly mode: 'check' | 'hubToRepository' | 'repositoryToHub';
  readonly open: () => Promise<DevopsStage>;
}

const slower = syncedText.replace('epochs: 10', 'epochs: 20');
const steeper = syncedText.replace('rate: 0.1', 'rate: 0.2');

/** A stage on which these states were reached one after the other, each one minute after the one before. */
function after(...states: readonly ((stage: DevopsStage) => Promise<void>)[]): () => Promise<DevopsStage> {
  return async () => {
    const stage = await openSyncStage();
    for (const state of states) await state(stage);
    stage.clock.advance(60_000);
    return stage;
  };
}

const pushed = (text: string) => (stage: DevopsStage) => pushFile(stage, text);
const saved = (text: string) => (stage: DevopsStage) => saveInHub(stage, text);

/** Each kind of change that the task makes, with what makes the most requests for it. */
export const syncScenarios: readonly SyncScenario[] = [
  { what: 'a file that the repository does not have', mode: 'hubToRepository', open: after(saved(syncedText)) },
  {
    what: 'newer values of the hub, and others of the file',
    mode: 'hubToRepository',
    open: after(pushed(syncedText), saved(syncedText), saved(slower), pushed(steeper)),
  },
  { what: 'a model that the hub does not have', mode: 'repositoryToHub', open: after(pushed(syncedText)) },
  {
    what: 'newer values of the file, and others of the hub',
    mode: 'repositoryToHub',
    open: after(pushed(syncedText), saved(syncedText), saved(slower), pushed(steeper)),
  },
];

function nameOf(person: unknown): unknown {
  return isObject(person) ? person['name'] : undefined;
}

/** What the repository and the hub hold, without times, in values that are the same on another stage. */
export function syncState(stage: DevopsStage): unknown {
  const branches = stage.git
    .list(stage.projectId)
    .flatMap(({ tips, objects }) =>
      [...tips].map(([name, tip]) => [name, objects.readCommit(tip).tree, ancestors(objects, [tip]).size]),
    );
  const pullRequests = [...stage.git.pullRequests.values()].map(
    ({ sourceRefName, targetRefName, status, title, description }) =>
      [sourceRefName, targetRefName, status, title, description] as const,
  );
  const { publisherName, extensionName } = ownExtension;
  const { collections } = stage.organization.state.of(Extensions).find(publisherName, extensionName);
  const documents = [...collections].map(([name, stored]) => [
    name.replace(stage.projectId, 'project'),
    [...stored.values()].map(({ id, rev, text, status, comment, updatedBy }) =>
      JSON.stringify({ id, rev, text, status, comment, by: nameOf(updatedBy) }),
    ),
  ]);
  return { branches, pullRequests, documents };
}
