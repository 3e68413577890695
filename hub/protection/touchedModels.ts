import type { RegistryContents } from '../../shared/variables/registry/modelRegistry';
import type { SharedVariables } from '../variables/checkModel';
import { protectedNames } from './protectedNames';
import { touchedByShared } from './touchedEnvironments';

/** A model in whose protected environments a change of what all models share takes effect. */
export interface TouchedModel {
  /** Undefined for pipelines without a model of the hub, which load the base variables all the same. */
  readonly model: string | undefined;
  readonly environments: readonly string[];
}

/** The models whose protected environments another text of the base variables or the schema affects. */
export function touchedModels(
  contents: RegistryContents,
  before: SharedVariables,
  after: SharedVariables,
): readonly TouchedModel[] {
  const names = protectedNames(contents);
  if (names.length === 0) return [];
  const loaded = contents.models.filter(({ isIntact, status }) => isIntact && status === 'active');
  return [undefined, ...loaded]
    .map((model) => ({ model: model?.id, environments: touchedByShared(model?.text, before, after, names) }))
    .filter(({ environments }) => environments.length > 0);
}
