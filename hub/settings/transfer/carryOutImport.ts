import type { ModelRegistry } from '../../../shared/variables/registry/modelRegistry';
import type { SaveResult } from '../../../shared/variables/registry/saveRevision';
import type { ImportItem } from './importPlan';

/**
 * Saves the items one after another, in their order: the models come after what they are checked with. What fails does not
 * prevent the others.
 * @param onFailed called with the error; undefined where someone else saved in the meantime
 */
export async function carryOutImport(
  registry: ModelRegistry,
  items: readonly ImportItem[],
  comment: string,
  onFailed: (item: ImportItem, error: unknown) => void,
): Promise<void> {
  for (const item of items) {
    try {
      const result = await saveItem(registry, item, comment);
      if (result.kind === 'conflict') onFailed(item, undefined);
    } catch (error) {
      onFailed(item, error);
    }
  }
}

function saveItem(registry: ModelRegistry, item: ImportItem, comment: string): Promise<SaveResult> {
  const { id, kind, text, status, current: base, settings } = item;
  if (settings) return registry.saveSettings({ settings, comment, base });
  if (kind === 'base') return registry.saveBase({ text, comment, base });
  if (kind === 'schema') return registry.saveSchema({ text, comment, base });
  return registry.save({ id, text, status, comment, base });
}
