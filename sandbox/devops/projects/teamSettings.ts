import type { OrganizationState } from '../organizationState';
import { basicProcess } from './processes';
import { type ClassificationNode, ClassificationNodes } from './classificationNodes';
import type { Project } from './project';
import type { Team } from './teams';

export interface FieldValue {
  /** Full path of an area, such as `Project\Area`. */
  readonly value: string;
  readonly includeChildren: boolean;
}

export interface TeamSettings {
  /** Undefined until somebody chooses one. */
  backlogIteration: ClassificationNode | undefined;
  defaultIteration: ClassificationNode | undefined;
  defaultIterationMacro: string | undefined;
  bugsBehavior: string;
  workingDays: readonly string[];
  backlogVisibilities: Readonly<Record<string, boolean>>;
  iterations: readonly ClassificationNode[];
  /** The areas of the team. */
  defaultValue: string | null;
  values: readonly FieldValue[];
}

/** What the teams have chosen on their boards. */
export class TeamSettingsStore {
  readonly #byTeam = new Map<string, TeamSettings>();

  constructor(private readonly state: OrganizationState) {}

  /** A new team has chosen nothing; the first team of a project has all of it. */
  of(project: Project, team: Team): TeamSettings {
    const found = this.#byTeam.get(team.id);
    if (found) return found;
    const isFirst = team.id === project.defaultTeamId;
    const { iteration } = this.state.of(ClassificationNodes).rootsOf(project);
    const settings: TeamSettings = {
      backlogIteration: isFirst ? iteration : undefined,
      defaultIteration: undefined,
      defaultIterationMacro: '@currentIteration',
      bugsBehavior: project.processId === basicProcess ? 'off' : 'asRequirements',
      workingDays: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
      backlogVisibilities: { 'Microsoft.EpicCategory': true, 'Microsoft.RequirementCategory': true },
      iterations: isFirst ? iteration.children.slice() : [],
      defaultValue: isFirst ? project.name : null,
      values: isFirst ? [{ value: project.name, includeChildren: false }] : [],
    };
    this.#byTeam.set(team.id, settings);
    return settings;
  }
}
