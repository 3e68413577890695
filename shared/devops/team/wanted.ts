import type { PlannedObjects } from '../plannedObjects';
import type { TeamDocument } from './document';

export interface WantedTeam {
  /** By its name or id. */
  readonly project: string;
  /** As `teamSchema` checks it. */
  readonly team: TeamDocument;
  /** The repository, by its name or id, that the permissions of the document are for. */
  readonly repository?: string | undefined;
  /** What earlier changes of the same plan will create. */
  readonly planned?: PlannedObjects | undefined;
}
