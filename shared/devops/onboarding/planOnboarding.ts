import type { Context } from '../../agent/context';
import { messageOf, TaskError } from '../../errors';
import type { Finding } from '../../finding';
import { both } from '../../inParallel';
import { isWrite, throwIfStuck, type Change } from '../change';
import type { Devops } from '../devops';
import type { RepositoryPlan } from '../repository/planRepository';
import { UnresolvedError } from '../unresolvedError';
import {
  areasOf,
  newRepository,
  planRepositoryOf,
  plannedByRepository,
  type Area,
  type AreaPlan,
  type Known,
} from './areas';
import type { AreaName, Onboarded, PlannedArea, WantedOnboarding } from './wanted';

/** What is planned for a model. */
export interface OnboardingPlan {
  readonly areas: readonly PlannedArea[];
  /** What exists already; after `apply`, also what it made, even if it failed later. */
  readonly onboarded: Onboarded;
  /**
   * Makes the changes, and resolves when everything reads as wanted; sends nothing that writes where there are none. Throws
   * a StuckError before the first of them if one cannot be made, and a PlanError for what only earlier changes showed, such
   * as the files of an import.
   */
  apply(): Promise<void>;
}

/** The specification cannot be planned: all reasons at once. */
export class PlanError extends TaskError {
  override readonly name = 'PlanError';

  constructor(
    /** Names in the document. */
    readonly findings: readonly Finding[],
    /** Other reasons, and changes that cannot be made. */
    readonly problems: readonly string[],
    options?: ErrorOptions,
  ) {
    super([...findings.map(({ message }) => message), ...problems].join('\n'), options);
  }
}

/**
 * Compares all that a document says of a model with the project, also what depends on what does not exist yet. Sends nothing
 * that writes. Throws a PlanError if a part cannot be compared.
 *
 * The changes are applied in the order of `stages`: the repository first, as the permissions of a team, pipelines and
 * policies name it; the team before the environments that it approves and the policies whose reviewer it is; variable
 * groups and environments before the pipelines, which are permitted to use them and whose first run needs them; policies
 * last, since a policy that requires a pull request would refuse a push, and since they name pipelines and teams.
 */
export async function planOnboarding(
  devops: Devops,
  wanted: WantedOnboarding,
  context: Context,
): Promise<OnboardingPlan> {
  const onboarded: Onboarded = { pipelines: [] };
  const problems = new Problems();
  const areas = areasOf({ devops, wanted, context, onboarded });
  const plans = new Map<Area, AreaPlan>();
  const planAll = async (some: readonly Area[], known: Known): Promise<void> => {
    await Promise.all(
      some.map(async (area) => {
        const plan = await problems.of(() => area.plan(known));
        if (plan) plans.set(area, plan);
      }),
    );
  };
  const [repository] = await both(
    2,
    () => problems.of(() => planRepositoryOf(devops, wanted, context)),
    () =>
      planAll(
        areas.filter(({ isForPlanning }) => isForPlanning),
        // A repository that is there already comes before the one that is planned.
        { planned: newRepository(wanted), repository: undefined },
      ),
  );
  if (repository) {
    onboarded.repository = repository.repository;
    const known = plannedByRepository(wanted, repository);
    const planned = areas.reduce((all, area) => ({ ...all, ...area.creates?.() }), known);
    await planAll(
      areas.filter(({ isForPlanning }) => !isForPlanning),
      { planned, repository },
    );
  }
  const planned: PlannedArea[] = [
    ...(repository ? [{ area: 'repository' as const, changes: [withHint(repository)] }] : []),
    ...areas.flatMap((area) => {
      const plan = plans.get(area);
      return plan && plan.changes.length > 0 ? [{ area: area.name, changes: plan.changes }] : [];
    }),
  ];
  if (!repository || problems.areAny) throw problems.error(planned);
  return {
    areas: planned,
    onboarded,
    apply: () => apply({ repository, areas, plans, planned, onboarded }),
  };
}

/** A repository that others made can be adopted. */
function withHint(plan: RepositoryPlan): Change {
  const { kind, what, differences, notes = [] } = plan;
  const hint = 'Set repository.adoptExisting to true to use it as it is, or choose another name.';
  return { kind, what, differences, notes: plan.isForeign ? [...notes, hint] : notes };
}

/** Collects what goes wrong while areas are planned side by side. */
class Problems {
  readonly #findings: Finding[] = [];
  readonly #messages = new Set<string>();
  #firstError: TaskError | undefined;

  get areAny(): boolean {
    return this.#findings.length > 0 || this.#messages.size > 0;
  }

  async of<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof UnresolvedError) this.#findings.push(...error.findings);
      else if (error instanceof TaskError && error.name !== 'CancelledError') {
        this.#messages.add(error.message);
        this.#firstError ??= error;
      } else throw error;
      return undefined;
    }
  }

  /** With the changes of other areas that cannot be made: people can mend all of it at once. */
  error(planned: readonly PlannedArea[]): PlanError {
    try {
      throwIfStuck(planned.flatMap(({ changes }) => changes));
    } catch (error) {
      this.#messages.add(messageOf(error));
    }
    return new PlanError(this.#findings, [...this.#messages], { cause: this.#firstError });
  }
}

interface Planned {
  readonly repository: RepositoryPlan;
  readonly areas: readonly Area[];
  readonly plans: ReadonlyMap<Area, AreaPlan>;
  readonly planned: readonly PlannedArea[];
  readonly onboarded: Onboarded;
}

/** Areas of one stage do not depend on each other. */
const stages: readonly (readonly AreaName[])[] = [
  ['team'],
  ['variableGroups', 'environments', 'templateUpdate'],
  ['pipelines'],
  ['branchPolicies'],
];

async function apply({ repository, areas, plans, planned, onboarded }: Planned): Promise<void> {
  throwIfStuck(planned.flatMap(({ changes }) => changes));
  onboarded.repository = await repository.apply();
  // Nothing of the other stages changes what the repository is.
  const current: RepositoryPlan = { ...repository, repository: onboarded.repository };
  let isChanged = isWrite(repository);
  for (const stage of stages) {
    const some = areas.filter(({ name }) => stage.includes(name));
    // What was planned for objects that did not exist, or were other ones, is compared again.
    const writes = await settleAll(
      some.map(async (area) => {
        const first = plans.get(area);
        const plan = isChanged || !first ? await planAgain(area, current) : first;
        throwIfStuck(plan.changes);
        await plan.apply();
        return plan.changes.some(isWrite);
      }),
    );
    isChanged ||= writes.some((isWritten) => isWritten);
  }
}

async function planAgain(area: Area, repository: RepositoryPlan): Promise<AreaPlan> {
  try {
    return await area.plan({ planned: {}, repository });
  } catch (error) {
    if (!(error instanceof UnresolvedError)) throw error;
    throw new PlanError(error.findings, ['What was changed before stays. Correct the specification, and run again.']);
  }
}

/** Waits until all have ended, also where one fails: nothing is left under way. Throws a TaskError with all reasons. */
async function settleAll<T>(all: readonly Promise<T>[]): Promise<readonly T[]> {
  const outcomes = await Promise.allSettled(all);
  const reasons = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
  const isKnown = reasons.every((reason) => reason instanceof TaskError && reason.name !== 'CancelledError');
  if (reasons.length > 1 && isKnown) throw new TaskError(reasons.map(messageOf).join('\n'), { cause: reasons[0] });
  // The first failure of them, as it is.
  return Promise.all(all);
}
