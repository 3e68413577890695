import type { RepositoryLink } from '../../../shared/variables/registry/revision';
import type { Host } from '../../host/host';
import { GitRequests } from './gitRequests';

/** The text of the file that a model is linked to. */
export interface LinkedText {
  /** Undefined where the branch does not have the file, or where it is not text. */
  readonly text: string | undefined;
  /** Whether the policies of the default branch apply to it. */
  readonly isOnDefaultBranch: boolean;
}

/** @throws ExplainedError, RestError */
export async function readLinkedText(host: Pick<Host, 'rest' | 'project'>, link: RepositoryLink): Promise<LinkedText> {
  const requests = new GitRequests(host);
  const repository = await requests.repository(link.id);
  const file = await requests.file(repository, link);
  return { text: file?.text, isOnDefaultBranch: link.branch === repository.defaultBranch };
}
