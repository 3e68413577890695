import { parse, stringify } from 'yaml';

/**
 * A pipeline that has of a file only what decides when it runs: its triggers do not depend on its parameters, which nobody
 * gives to a run that starts by itself. A text that is not YAML stays as it is.
 */
export function triggerPart(text: string): string {
  let root: unknown;
  try {
    root = parse(text, { uniqueKeys: false, logLevel: 'silent' });
  } catch {
    // The description of the pipeline says what is wrong with it, and where.
    return text;
  }
  if (typeof root !== 'object' || root === null || Array.isArray(root)) return text;
  const { trigger, resources } = root as { readonly trigger?: unknown; readonly resources?: unknown };
  return stringify({
    ...(trigger !== undefined && { trigger }),
    ...(resources !== undefined && { resources }),
    pool: { vmImage: 'ubuntu-latest' },
    steps: [{ bash: 'true' }],
  });
}
