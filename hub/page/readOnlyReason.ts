import type { RegistryModel } from '../../shared/variables/registry/revision';

/** Why a model cannot be edited, as a sentence; undefined where it can. */
export function readOnlyReasonOf(model: RegistryModel): string | undefined {
  if (model.isNewer)
    return 'A newer version of the extension saved the model, so this version can neither show nor edit it. Update the extension, and reload the page.';
  if (!model.isIntact)
    return 'The stored model is damaged and cannot be edited. Open History to restore a revision that is intact.';
  if (model.status === 'archived') return 'The model is archived and cannot be edited. Restore it to edit it.';
  return undefined;
}
