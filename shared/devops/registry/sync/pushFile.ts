import { createOnce } from '../../createOnce';
import { noObject } from '../../api/git';
import { fileAt, type FilePlace } from './sides';
import type { SyncWork } from './planRevision';

export interface FilePush {
  /** The branch: `refs/heads/…`. */
  readonly source: string;
  /** The commit that it is based on. */
  readonly onto: string;
  readonly isNewBranch: boolean;
  readonly isNewFile: boolean;
  readonly text: string;
  readonly message: string;
}

/** Pushes one commit that changes one file. A push whose answer is lost is sent again only where the branch does not have it. */
export async function pushFile({ devops, context }: SyncWork, place: FilePlace, push: FilePush): Promise<void> {
  const { id, project } = place.repository;
  const { source, onto, isNewFile, text, message } = push;
  const content = Buffer.from(text).toString('base64');
  context.agent.log(`Pushing ${place.path} to ${source}.`);
  await createOnce(
    async () => {
      await devops.git.push(project.id, id, {
        // A branch that does not exist yet begins at this commit.
        refUpdates: [{ name: source, oldObjectId: onto }],
        commits: [
          {
            comment: message,
            changes: [
              {
                changeType: isNewFile ? 'add' : 'edit',
                item: { path: `/${place.path}` },
                newContent: { content, contentType: 'base64encoded' },
              },
            ],
          },
        ],
      });
      return true;
    },
    async () => {
      const tip = (await devops.git.branch(project.id, id, source))?.objectId ?? noObject;
      const isThere = tip !== noObject && (await fileAt(devops, place, tip)) === text;
      return isThere ? true : undefined;
    },
    context,
  );
}
