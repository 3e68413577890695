import type { ModelRegistry } from '../../shared/variables/registry/modelRegistry';
import type { RegistryModel } from '../../shared/variables/registry/revision';

/**
 * Whether the text of a draft is saved already: a page can end after a save had its effect and before it drops the draft. Then
 * a revision after the one that the draft was made on has this text.
 * @throws StoreError
 */
export async function isSaved(
  registry: Pick<ModelRegistry, 'revisions'>,
  draft: { readonly base: RegistryModel | undefined; readonly text: string },
  newest: RegistryModel,
): Promise<boolean> {
  const since = draft.base?.rev ?? 0;
  if (newest.rev <= since || !newest.isIntact) return false;
  if (newest.text === draft.text) return true;
  // Someone else can have saved after it.
  if (newest.rev === since + 1) return false;
  const revisions = await registry.revisions(newest.id);
  return revisions.some(({ rev, text, isIntact }) => rev > since && isIntact && text === draft.text);
}
