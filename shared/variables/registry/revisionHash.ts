import type { Revision } from './revision';

export type RevisionContent = Omit<Revision, 'hash' | 'isIntact' | 'isNewer' | 'problem'>;

/**
 * The SHA-256 of what a revision says: of the JSON list in `canonicalText`, in UTF-8.
 *
 * @throws Error in a browser that loaded the page without HTTPS, where there is no `crypto.subtle`
 * (https://www.w3.org/TR/webcrypto-2/#crypto-interface)
 */
export async function revisionHash(content: RevisionContent): Promise<string> {
  const { subtle } = globalThis.crypto as { readonly subtle?: typeof globalThis.crypto.subtle };
  if (!subtle) throw new Error('This page was loaded without HTTPS, so the browser cannot verify revisions.');
  const digest = await subtle.digest('SHA-256', new TextEncoder().encode(canonicalText(content)));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * A list has one order and no optional fields, so that every program writes the same text. `docs/model-registry.md`
 * describes it; a change of it needs another `format`.
 */
function canonicalText(content: RevisionContent): string {
  const { id, rev, text, status, version, environments, repository, updatedBy, updatedOn, comment } = content;
  const link = repository ? [repository.id, repository.path, repository.branch] : null;
  const author = [updatedBy.id, updatedBy.name];
  const said = [id, rev, text, status, version ?? null, environments, link, author, updatedOn, comment];
  return JSON.stringify(['model-registry/1', ...said, content.previousHash]);
}
