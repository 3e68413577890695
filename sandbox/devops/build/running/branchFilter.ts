import type { TriggerFilter } from './pipelineRunner';

/** Without an include everything is included; what is excluded is not. */
export function passesFilter({ include, exclude }: TriggerFilter, matches: (pattern: string) => boolean): boolean {
  return (include.length === 0 || include.some(matches)) && !exclude.some(matches);
}

/** A branch by its short or full name; `*` stands for any text. */
export function matchesBranch(branch: string): (pattern: string) => boolean {
  const full = fullName(branch);
  return (pattern) => wildcard(fullName(pattern)).test(full);
}

/** A path, or a folder with all in it: `src` and `src/*` match `src/a.py`. */
export function matchesPath(path: string): (pattern: string) => boolean {
  return (pattern) => {
    const wanted = pattern.replace(/^\/+|\/+$/g, '');
    const file = path.replace(/^\/+/, '');
    return wildcard(wanted).test(file) || wildcard(`${wanted}/*`).test(file);
  };
}

/** The form of triggers outside of YAML: `+refs/heads/main`, `-refs/heads/old/*`. */
export function signedFilter(patterns: readonly string[]): TriggerFilter {
  const of = (sign: string): string[] => patterns.filter((each) => each.startsWith(sign)).map((each) => each.slice(1));
  return { include: [...of('+'), ...patterns.filter((each) => !/^[+-]/.test(each))], exclude: of('-') };
}

const fullName = (branch: string): string => (branch.startsWith('refs/') ? branch : `refs/heads/${branch}`);

function wildcard(pattern: string): RegExp {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i');
}
