import { withTimeout, type Context } from '../../shared/agent/context';
import { changeTable, changeText, changeWord, throwIfStuck, type Change } from '../../shared/devops/change';
import type { Project } from '../../shared/devops/api/core';
import type { Devops } from '../../shared/devops/devops';
import { ExtensionStore } from '../../shared/devops/registry/extensionStore';
import { ownExtension } from '../../shared/devops/registry/ownExtension';
import { planPullRequest } from '../../shared/devops/registry/sync/planPullRequest';
import { planRevision, type SyncWork } from '../../shared/devops/registry/sync/planRevision';
import { readSides, type FilePlace } from '../../shared/devops/registry/sync/sides';
import { findRepository } from '../../shared/devops/repository/findRepository';
import { linkOf } from '../../shared/devops/repository/templateUpdate/planTemplateUpdate';
import { DriftError, InputError, TaskError } from '../../shared/errors';
import { devopsConnection, openOrganization, projectOf } from '../../shared/task/devopsConnection';
import { choice, flag, integer, text } from '../../shared/task/inputs';
import { defineTask, type TaskContext, type Values } from '../../shared/task/task';
import { ModelRegistry } from '../../shared/variables/registry/modelRegistry';
import { checkSides, driftSummary } from './checkSides';

const inputs = {
  ...devopsConnection,
  mode: choice(['check', 'hubToRepository', 'repositoryToHub'], { required: true, default: 'check' }),
  variablesFile: text({
    required: true,
    pattern: {
      matches: /^(?!.*(^|\/)\.{0,2}(\/|$))[^\\]+$/,
      rule: 'must be the path of a file from the root of the repository, such as churn/model_variables.yml.',
    },
  }),
  repository: text(),
  registryModel: text(),
  failOnDrift: flag({ default: true, when: { mode: 'check' } }),
  overwrite: flag({ default: false }),
  dryRun: flag({ default: false }),
  timeoutMinutes: integer({ default: 30, min: 1, max: 1440 }),
};

const outputs = [
  'drift',
  'differingVariables',
  'change',
  'registryRevision',
  'pullRequestId',
  'pullRequestUrl',
] as const;

type Given = Values<typeof inputs>;
type Output = (typeof outputs)[number];

/** What all modes work with. */
interface Work extends Pick<TaskContext<typeof inputs, Output>, 'setOutput'> {
  readonly inputs: Given;
  readonly devops: Devops;
  readonly registry: ModelRegistry;
  readonly place: FilePlace;
  readonly context: Context;
}

/** Compares the values of a model in the hub with its file in a repository, or brings one of them into the other. */
export const task = defineTask({
  inputs,
  outputs,

  async run({ inputs, context: unlimited, setOutput }) {
    const context = withTimeout(unlimited, inputs.timeoutMinutes);
    const devops = openOrganization(inputs, context);
    const project = await devops.core.project(projectOf(inputs, context));
    const place = await placeOf(inputs, devops, project, context);
    const isReading = inputs.mode === 'check' || inputs.dryRun;
    const author = isReading ? { id: '', displayName: '' } : await devops.caller();
    const registry = new ModelRegistry(new ExtensionStore(devops, ownExtension), {
      projectId: project.id,
      author: { id: author.id, name: author.displayName },
      now: () => new Date(context.clock.date()),
      canRepair: !isReading,
    });
    const work: Work = { inputs, devops, registry, place, context, setOutput };
    return inputs.mode === 'check' ? check(work) : synchronize(work);
  },
});

async function check({ inputs, devops, registry, place, context, setOutput }: Work): Promise<string> {
  const { agent } = context;
  const sides = await readSides({ devops, registry }, place, inputs.registryModel);
  const drift = checkSides(sides);
  const { isDrift, names, lines, missing } = drift;
  setOutput('drift', String(isDrift));
  setOutput('differingVariables', names.join(', '));
  setOutput('registryRevision', sides.model ? String(sides.model.rev) : '');
  await agent.summary('Hub and repository', driftSummary(sides, drift));
  const what = `The model '${sides.id}' in the hub and ${sides.path}`;
  if (!isDrift) return `${what} have the same values.`;
  const list = lines.map((line) => `\n  - ${line}`).join('');
  const message = missing ?? `${what} differ, from the hub to the file:${list}`;
  const advice = 'Bring one into the other with the mode hubToRepository or repositoryToHub.';
  if (inputs.failOnDrift) throw new DriftError(`${message}\n${advice}`);
  agent.warning(message);
  return `${what} differ.`;
}

async function synchronize(work: Work): Promise<string> {
  const { inputs, context, setOutput } = work;
  const { agent } = context;
  const { mode, dryRun } = inputs;
  const { change, apply } = await (mode === 'hubToRepository' ? toRepository(work) : toHub(work));
  agent.log(changeText(change));
  try {
    throwIfStuck([change]);
    setOutput('change', changeWord(change.kind));
    if (!dryRun) await apply();
  } finally {
    await agent.summary('Hub and repository', changeTable([change], dryRun));
  }
  const { kind, what, notes = [] } = change;
  if (kind === 'unchanged') return [`${what} is unchanged.`, ...notes].join(' ');
  return `${what} ${dryRun ? 'would be' : 'was'} ${changeWord(kind)}${mode === 'hubToRepository' ? ' by a pull request' : ''}.`;
}

interface Direction {
  readonly change: Change;
  readonly apply: () => Promise<void>;
}

async function toRepository(work: Work): Promise<Direction> {
  const { place, setOutput } = work;
  const plan = await planPullRequest(syncWork(work));
  const apply = async (): Promise<void> => {
    const pullRequest = await plan.apply();
    if (!pullRequest) return;
    setOutput('pullRequestId', String(pullRequest.pullRequestId));
    setOutput('pullRequestUrl', linkOf(place.repository, pullRequest));
  };
  return { change: plan, apply };
}

async function toHub(work: Work): Promise<Direction> {
  const plan = await planRevision(syncWork(work));
  const apply = async (): Promise<void> => {
    const model = await plan.apply();
    if (model) work.setOutput('registryRevision', String(model.rev));
  };
  return { change: plan, apply };
}

function syncWork({ inputs, devops, registry, place, context }: Work): SyncWork {
  return { devops, registry, place, model: inputs.registryModel, overwrites: inputs.overwrite, context };
}

async function placeOf(
  { repository: given, variablesFile: path }: Given,
  devops: Devops,
  project: Pick<Project, 'id' | 'name'>,
  { agent }: Context,
): Promise<FilePlace> {
  const name = given ?? agent.run.repository;
  if (name === undefined) throw new InputError([{ input: 'repository', problem: agent.words.missing.repository }]);
  const repository = await findRepository(devops, project, name);
  const { defaultBranch } = repository;
  if (defaultBranch === undefined)
    throw new TaskError(`The repository '${repository.name}' has no default branch. Push a first commit.`);
  return { repository: { ...repository, defaultBranch }, path };
}
