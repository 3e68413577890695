import assert from 'node:assert/strict';
import type { Organization } from '../../../../sandbox/devops/organization';
import { type DevopsAnswer, type DevopsFixture, sendToDevops } from '../../../support/devops/fixture';

export const zeros = '0'.repeat(40);
export const repository = 'local/_apis/git/repositories/local';

type Ask = DevopsFixture['ask'];

export interface PushedFile {
  readonly path: string;
  readonly content: string;
  readonly changeType?: string;
}

/** The body of a push that changes files of a branch. */
export const pushBody = (name: string, oldObjectId: string, files: readonly PushedFile[], comment = 'Change') => ({
  refUpdates: [{ name, oldObjectId }],
  commits: [
    {
      comment,
      changes: files.map(({ path, content, changeType = 'add' }) => ({
        changeType,
        item: { path },
        newContent: { content, contentType: 'rawtext' },
      })),
    },
  ],
});

/** Pushes files to a branch. @returns the id of the new commit */
export async function push(
  ask: Ask,
  name: string,
  oldObjectId: string,
  files: readonly PushedFile[],
  token?: string,
): Promise<string> {
  const body = pushBody(name, oldObjectId, files);
  const answer = await ask(`${repository}/pushes`, { method: 'POST', body, ...(token !== undefined && { token }) });
  assert.equal(answer.status, 201, answer.text);
  return at<string>(answer, 'refUpdates', 0, 'newObjectId');
}

/** A part of an answer, of the type that the test expects there. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
export function at<T>({ body }: DevopsAnswer, ...keys: readonly (string | number)[]): T {
  return keys.reduce<unknown>((value, key) => (value as Readonly<Record<string, unknown>>)[key], body) as T;
}

/** Status, key and message of an error. */
export const refusal = ({ status, body }: DevopsAnswer) => {
  const { typeKey, message } = body as { typeKey: string; message: string };
  return [status, typeKey, message] as const;
};

/** Reads one file with its content. The description of the API has only the answer for a list, so it is not checked. */
export async function readItem(organization: Organization, path: string, name = 'local'): Promise<DevopsAnswer> {
  const query = `path=${path}&includeContent=true&$format=json`;
  const answer = await sendToDevops(organization, `local/_apis/git/repositories/${name}/items?${query}`);
  assert.equal(answer.status, 200, answer.text);
  return answer;
}
