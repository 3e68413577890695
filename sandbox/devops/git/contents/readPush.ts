import { isObject, type JsonObject, listAt, objectIn, requiredText, textAt, valueAt } from '../../rest/requestBody';
import type { Signature } from '../objects/commit';
import type { RequestedChange } from '../repositories/changeFiles';
import { enumValue } from '../rest/enumValue';
import { pushInvalid } from '../rest/errors';

export interface RequestedPush {
  readonly name: string;
  readonly oldObjectId: string;
  readonly commits: readonly RequestedCommit[];
}

export interface RequestedCommit {
  readonly comment: string;
  readonly changes: readonly RequestedChange[];
  readonly author: Partial<Signature>;
  readonly committer: Partial<Signature>;
}

/** The body of a push: one reference and one or more commits. @throws OrganizationError */
export function readPush(body: unknown): RequestedPush {
  const push = objectIn(body, 'push');
  const [update, ...others] = listAt(push, 'refUpdates');
  if (!isObject(update) || others.length > 0) throw pushInvalid('A push must have exactly one refUpdate.');
  const commits = listAt(push, 'commits').map(readCommit);
  if (commits.length === 0) throw pushInvalid('A push must have at least one commit.');
  const oldObjectId = requiredText(update, 'oldObjectId').toLowerCase();
  if (!/^[\da-f]{40}$/.test(oldObjectId)) throw pushInvalid('oldObjectId is not the id of an object.');
  return { name: requiredText(update, 'name'), oldObjectId, commits };
}

function readCommit(commit: unknown): RequestedCommit {
  const given = objectIn(commit, 'commits');
  const changes = listAt(given, 'changes').map(readChange);
  if (changes.length === 0) throw pushInvalid('A commit must have at least one change.');
  return {
    comment: requiredText(given, 'comment'),
    changes,
    author: readSignature(valueAt(given, 'author')),
    committer: readSignature(valueAt(given, 'committer')),
  };
}

function readSignature(value: unknown): Partial<Signature> {
  if (!isObject(value)) return {};
  const [name, email, date] = [textAt(value, 'name'), textAt(value, 'email'), textAt(value, 'date')];
  const seconds = date === undefined ? NaN : Math.floor(Date.parse(date) / 1000);
  return {
    ...(name !== undefined && { name }),
    ...(email !== undefined && { email }),
    ...(Number.isFinite(seconds) && { seconds }),
  };
}

/** VersionControlChangeType; the others have no meaning in a push. */
const changeTypes = { add: 1, edit: 2, rename: 8, delete: 16 };

function readChange(change: unknown): RequestedChange {
  const given = objectIn(change, 'changes');
  const changeType = enumValue(changeTypes, valueAt(given, 'changeType'));
  if (!changeType) throw pushInvalid(`'${String(valueAt(given, 'changeType'))}' is not a change of a push.`);
  return {
    changeType,
    path: requiredText(objectIn(valueAt(given, 'item'), 'item'), 'path'),
    sourcePath: textAt(given, 'sourceServerItem'),
    content: readContent(valueAt(given, 'newContent')),
  };
}

const contentTypes = { rawText: 0, base64Encoded: 1 };

function readContent(value: unknown): Buffer | undefined {
  if (!isObject(value)) return undefined;
  const content = textIn(value);
  const contentType = enumValue(contentTypes, valueAt(value, 'contentType') ?? 'rawText');
  switch (contentType) {
    case 'rawText':
      return Buffer.from(content);
    case 'base64Encoded':
      if (!/^[A-Za-z\d+/\s]*={0,2}\s*$/.test(content)) throw pushInvalid('The content of a change is not base64.');
      return Buffer.from(content, 'base64');
    case undefined:
      throw pushInvalid(`'${String(valueAt(value, 'contentType'))}' is not a type of content.`);
  }
}

/** A file may be empty. */
function textIn(value: JsonObject): string {
  const content = textAt(value, 'content');
  if (content === undefined) throw pushInvalid('The newContent of a change has no content.');
  return content;
}
