import type { Context } from '../../agent/context';
import type { Change } from '../change';
import type { Devops } from '../devops';
import { planEnvironments } from '../environments/planEnvironments';
import { plannedPipelines } from '../pipelines/document';
import { keyOf } from '../variableGroups/document';
import { planPipelines } from '../pipelines/planPipelines';
import type { PlannedObjects } from '../plannedObjects';
import { planBranchPolicies } from '../policies/planBranchPolicies';
import { planRepository, type RepositoryPlan } from '../repository/planRepository';
import { planTemplateUpdate } from '../repository/templateUpdate/planTemplateUpdate';
import { planTeam } from '../team/planTeam';
import { UnresolvedError } from '../unresolvedError';
import { planVariableGroups } from '../variableGroups/planVariableGroups';
import { within, type OnboardingDocument } from './document';
import type { AreaName, Onboarded, WantedOnboarding } from './wanted';

export interface AreaPlan {
  readonly changes: readonly Change[];
  /** Makes the changes, and notes what exists then. */
  apply(): Promise<void>;
}

export interface Known {
  /** What earlier changes of the same plan are going to create. */
  readonly planned: PlannedObjects;
  /** Undefined for what others need to know: that is planned at the same time. */
  readonly repository: RepositoryPlan | undefined;
}

/** A part of an onboarding, which is compared and applied on its own. */
export interface Area {
  readonly name: AreaName;
  /** Compares it with the project. Throws an UnresolvedError for names in its part of the document. */
  plan(known: Known): Promise<AreaPlan>;
  /** Whether others need to know what it creates: it is planned before them. */
  readonly isForPlanning?: true;
  /** What it is going to create, by its latest plan. */
  creates?(): PlannedObjects;
}

interface Work {
  readonly devops: Devops;
  readonly wanted: WantedOnboarding;
  readonly context: Context;
  readonly onboarded: Onboarded;
}

/** The name of the repository of a document. */
export function repositoryNameOf({ model, repository }: OnboardingDocument): string {
  return repository.name ?? model;
}

export async function planRepositoryOf(
  devops: Devops,
  { project, document, content: given }: WantedOnboarding,
  context: Context,
): Promise<RepositoryPlan> {
  const { defaultBranch, adoptExisting = false, import: source } = document.repository;
  const connection = source?.connection;
  const content =
    given.kind === 'import' && connection !== undefined
      ? { ...given, connectionId: await connectionId(devops, project, connection) }
      : given;
  const branch = defaultBranch ?? (content.kind === 'template' ? 'main' : undefined);
  const refName = branch === undefined || branch.startsWith('refs/heads/') ? branch : `refs/heads/${branch}`;
  const name = repositoryNameOf(document);
  return planRepository(devops, { project, name, defaultBranch: refName, content, mayAdopt: adoptExisting }, context);
}

async function connectionId(devops: Devops, project: string, name: string): Promise<string> {
  const all = await devops.endpoints.endpoints(project);
  const found = all.find((each) => keyOf(each.name) === keyOf(name));
  if (found) return found.id;
  const path = ['repository', 'import', 'connection'];
  const message = `repository.import.connection is not a service connection of the project '${project}', or this identity may not see it.`;
  throw new UnresolvedError([{ path, message, severity: 'error' }]);
}

/** What the repository is going to have; nothing where it has content. */
export function plannedByRepository(
  wanted: WantedOnboarding,
  { repository, differences }: RepositoryPlan,
): PlannedObjects {
  return repository?.defaultBranch !== undefined || differences.length === 0 ? {} : newRepository(wanted);
}

/** What a repository has that is going to be created. */
export function newRepository({ document, content }: WantedOnboarding): PlannedObjects {
  const { defaultBranch = 'main' } = document.repository;
  const files = content.kind === 'template' ? content.files : [];
  return {
    repository: {
      name: repositoryNameOf(document),
      defaultBranch: `refs/heads/${defaultBranch.replace(/^refs\/heads\//, '')}`,
      files: new Map(files.map((file) => [file.path, file.content])),
    },
  };
}

/** The parts that the document has, without the repository. */
export function areasOf(work: Work): readonly Area[] {
  const { document, updateTemplate, content } = work.wanted;
  return [
    ...(document.team ? [teamArea(work, document.team)] : []),
    ...(document.variableGroups ? [variableGroupsArea(work, document.variableGroups)] : []),
    ...(document.environments ? [environmentsArea(work, document.environments)] : []),
    ...(document.pipelines ? [pipelinesArea(work, document.pipelines)] : []),
    ...(document.branchPolicies ? [policiesArea(work, document.branchPolicies)] : []),
    ...(updateTemplate && content.kind === 'template' ? [templateArea(work, content)] : []),
  ];
}

function teamArea(work: Work, team: NonNullable<OnboardingDocument['team']>): Area {
  const { devops, wanted, context, onboarded } = work;
  const repository = repositoryNameOf(wanted.document);
  let exists = false;
  return {
    name: 'team',
    isForPlanning: true,
    async plan({ planned }) {
      const plan = await ofPart('team', () =>
        planTeam(devops, { project: wanted.project, team, repository, planned }, context),
      );
      exists = plan.team !== undefined;
      onboarded.team = plan.team;
      return { changes: plan.changes, apply: async () => void (onboarded.team = await plan.apply()) };
    },
    creates: () => (exists ? {} : { teams: [team.name] }),
  };
}

function variableGroupsArea(
  { devops, wanted, context, onboarded }: Work,
  groups: NonNullable<OnboardingDocument['variableGroups']>,
): Area {
  const { project, document, updateSecrets } = wanted;
  const ofPipelines = secretsOf(wanted, document.pipelines ?? []);
  // What names no pipeline is meant for a group: the group says so if it does not have it.
  const secrets = new Map([...wanted.secrets].filter(([name]) => !ofPipelines.has(name)));
  for (const [name, value] of secretsOf(wanted, groups)) secrets.set(name, value);
  return {
    name: 'variableGroups',
    async plan() {
      const plan = await planVariableGroups(devops, { project, groups, secrets, updateSecrets }, context);
      return { changes: plan.changes, apply: async () => void (onboarded.variableGroups = await plan.apply()) };
    },
    creates: () => ({ variableGroups: groups.map(({ name }) => name) }),
  };
}

function environmentsArea(
  { devops, wanted: { project }, context, onboarded }: Work,
  environments: NonNullable<OnboardingDocument['environments']>,
): Area {
  return {
    name: 'environments',
    async plan({ planned }) {
      const plan = await planEnvironments(devops, { project, environments, planned }, context);
      return { changes: plan.changes, apply: async () => void (onboarded.environments = await plan.apply()) };
    },
    creates: () => ({ environments: environments.map(({ name }) => name) }),
  };
}

function pipelinesArea(
  { devops, wanted, context, onboarded }: Work,
  pipelines: NonNullable<OnboardingDocument['pipelines']>,
): Area {
  const { project, document, updateSecrets, content } = wanted;
  const { pipelineFolder: folder } = document;
  const repository = repositoryNameOf(document);
  const secrets = secretsOf(wanted, pipelines);
  return {
    name: 'pipelines',
    async plan({ planned }) {
      if (content.kind === 'import' && planned.repository)
        return afterImport(
          pipelines.map(({ name }) => `Pipeline '${name}'`),
          repository,
        );
      const given = { project, repository, folder, pipelines, secrets, updateSecrets, planned };
      const plan = await planPipelines(devops, { ...given, firstRun: 'queue' }, context);
      onboarded.pipelines = plan.found;
      return { changes: plan.changes, apply: async () => void (onboarded.pipelines = await plan.apply()) };
    },
    creates: () => ({ pipelines: plannedPipelines(pipelines, folder) }),
  };
}

function policiesArea(
  { devops, wanted, context }: Work,
  policies: NonNullable<OnboardingDocument['branchPolicies']>,
): Area {
  const { project, document, content } = wanted;
  const repository = repositoryNameOf(document);
  return {
    name: 'branchPolicies',
    async plan({ planned }) {
      if (content.kind === 'import' && planned.repository) return afterImport(['Branch policies'], repository);
      const given = { project, repository, branch: document.repository.defaultBranch, policies, planned };
      return ofPart('branchPolicies', () => planBranchPolicies(devops, { ...given, removeOthers: false }, context));
    },
  };
}

function templateArea(
  { devops, wanted: { document }, context, onboarded }: Work,
  { files, origin }: Extract<WantedOnboarding['content'], { readonly kind: 'template' }>,
): Area {
  return {
    name: 'templateUpdate',
    async plan({ repository: plan }) {
      const repository = plan?.repository;
      const { defaultBranch } = repository ?? {};
      if (!repository || defaultBranch === undefined) return { changes: [], apply: () => Promise.resolve() };
      const { adoptExisting: mayBeForeign = false } = document.repository;
      const wanted = { repository: { ...repository, defaultBranch }, files, origin, mayBeForeign };
      const update = await planTemplateUpdate(devops, wanted, context);
      return { changes: [update], apply: async () => void (onboarded.pullRequest = await update.apply()) };
    },
  };
}

/** Files and branches of a repository that is imported are not known before. */
function afterImport(titles: readonly string[], repository: string): AreaPlan {
  const notes = [`It is compared when '${repository}' was imported.`];
  return {
    changes: titles.map((what): Change => ({ kind: 'create', what, differences: [], notes })),
    apply: () => Promise.reject(new Error('It must be planned again after the import.')),
  };
}

/** The secrets that are named after these pipelines or groups. */
function secretsOf(
  { secrets }: WantedOnboarding,
  owners: readonly { readonly name: string }[],
): ReadonlyMap<string, string> {
  const names = new Set(owners.map(({ name }) => keyOf(name)));
  return new Map([...secrets].filter(([name]) => names.has(keyOf(name.split('/')[0] ?? ''))));
}

/** Lets findings of a part name where they are in the whole document. */
async function ofPart<T>(part: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UnresolvedError) throw new UnresolvedError(within(part, error.findings));
    throw error;
  }
}
