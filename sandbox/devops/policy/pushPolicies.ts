import type { PolicyConfiguration } from './policyStore';
import { policyTypeIds } from './policyTypes';

/** What a push would leave in a repository. */
export interface PushedState {
  readonly refName: string;
  /** The other references of the repository. */
  readonly refNames: readonly string[];
  /** The files that it adds or changes, without a leading slash. */
  readonly changed: readonly PushedFile[];
  /** All files after it. */
  readonly paths: readonly string[];
}

export interface PushedFile {
  readonly path: string;
  readonly bytes: () => number;
  /** As git stores it. */
  readonly compressedBytes: () => number;
}

/**
 * Why a policy of the repository rejects a push; undefined if none does. No public source shows the texts.
 * https://learn.microsoft.com/azure/devops/repos/git/repository-settings
 */
export function pushProblem(policies: readonly PolicyConfiguration[], push: PushedState): string | undefined {
  for (const { type, isEnabled, isBlocking, settings } of policies) {
    if (!isEnabled || !isBlocking || type.appliesTo !== 'push') continue;
    const names = offenders[type.id]?.(settings.values, push) ?? [];
    if (names.length > 0) return `The push was rejected by the policy '${type.displayName}': ${names.join(', ')}`;
  }
  return undefined;
}

type Offenders = (values: Readonly<Record<string, unknown>>, push: PushedState) => readonly string[];

const offenders: Readonly<Record<string, Offenders>> = {
  [policyTypeIds.fileSize]: (values, { changed }) => {
    const limit = Number(values['MaximumGitBlobSizeInBytes']);
    const sizeOf = ({ bytes, compressedBytes }: PushedFile) =>
      values['useUncompressedSize'] === true ? bytes() : compressedBytes();
    return changed.filter((file) => sizeOf(file) > limit).map(({ path }) => path);
  },
  [policyTypeIds.caseEnforcement]: (values, { refName, refNames, changed, paths }) => {
    if (values['enforceConsistentCase'] !== true) return [];
    const known = spellings(paths);
    const isDoubled = (path: string) => ways(path).some((way) => (known.get(way.toLowerCase())?.size ?? 0) > 1);
    return [
      ...refNames.filter((other) => other !== refName && other.toLowerCase() === refName.toLowerCase()),
      ...changed.map(({ path }) => path).filter(isDoubled),
    ];
  },
  [policyTypeIds.pathLength]: ({ maxPathLength }, { changed }) =>
    changed.map(({ path }) => path).filter((path) => path.length > Number(maxPathLength)),
  [policyTypeIds.reservedNames]: (_, { changed }) =>
    changed.map(({ path }) => path).filter((path) => path.split('/').some((name) => reserved.test(name))),
};

/** Windows does not take them, with any extension. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** A path and the folders that it is in. */
function ways(path: string): string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** How each path and folder is spelled, by its lower case. */
function spellings(paths: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const known = new Map<string, Set<string>>();
  for (const way of paths.flatMap(ways))
    known.set(way.toLowerCase(), (known.get(way.toLowerCase()) ?? new Set()).add(way));
  return known;
}
