import type { RegistryContents } from '../../shared/variables/registry/modelRegistry';

/**
 * The environments that are protected. Where the settings cannot be read, all environments are: which ones were protected is
 * not known.
 */
export function protectedNames({ settings, models, base }: RegistryContents): readonly string[] {
  const { protectedEnvironments } = settings.settings;
  if (settings.problem === undefined) return protectedEnvironments;
  const known = [...models, ...(base ? [base] : [])].flatMap(({ environments }) => environments);
  return [...new Set([...protectedEnvironments, ...known])];
}
