/** A version as PEP 440 reads it. */
export interface Version {
  readonly epoch: bigint;
  readonly release: readonly bigint[];
  readonly pre: { readonly phase: 'a' | 'b' | 'rc'; readonly number: bigint } | undefined;
  readonly post: bigint | undefined;
  readonly dev: bigint | undefined;
  readonly local: readonly (bigint | string)[];
}

// Source: PEP 440, appendix B.
const form =
  /^v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[._-]?(alpha|a|beta|b|preview|pre|c|rc)[._-]?(\d*))?(?:-(\d+)|[._-]?(post|rev|r)[._-]?(\d*))?(?:[._-]?(dev)[._-]?(\d*))?(?:\+([a-z0-9]+(?:[._-][a-z0-9]+)*))?$/;

/** The version that a text writes, or undefined if it writes none. */
export function parseVersion(text: string): Version | undefined {
  const match = form.exec(text.trim().toLowerCase());
  if (!match) return undefined;
  const [, epoch, release = '', preWord, preNumber, postNumber, postWord, postWordNumber, devWord, devNumber, local] =
    match;
  return {
    epoch: BigInt(epoch ?? 0),
    release: release.split('.').map(BigInt),
    pre: preWord === undefined ? undefined : { phase: phaseOf(preWord), number: BigInt(preNumber ?? 0) },
    post: postNumber ? BigInt(postNumber) : postWord ? BigInt(postWordNumber ?? 0) : undefined,
    dev: devWord === undefined ? undefined : BigInt(devNumber ?? 0),
    local: local?.split(/[._-]/).map((part) => (/^\d+$/.test(part) ? BigInt(part) : part)) ?? [],
  };
}

/** The one way to write a version. `short` leaves out zeros at the end of the release, which mean nothing to a comparison. */
export function renderVersion(version: Version, { short = false } = {}): string {
  const { epoch, pre, post, dev, local } = version;
  return [
    epoch === 0n ? '' : `${String(epoch)}!`,
    (short ? withoutTrailingZeros(version.release) : version.release).join('.'),
    pre ? `${pre.phase}${String(pre.number)}` : '',
    post === undefined ? '' : `.post${String(post)}`,
    dev === undefined ? '' : `.dev${String(dev)}`,
    local.length === 0 ? '' : `+${local.join('.')}`,
  ].join('');
}

/** Below zero if `a` is the older version, above if it is the newer one. */
export function compareVersions(a: Version, b: Version): number {
  return compareLists(orderOf(a), orderOf(b)) || compareLists(a.local.map(localOrder), b.local.map(localOrder));
}

/** Epoch and release alone: 1!2.3 for 1!2.3rc1.post4. */
export function baseOf({ epoch, release }: Version): Version {
  return { epoch, release, pre: undefined, post: undefined, dev: undefined, local: [] };
}

/** A development release, alpha, beta or release candidate. */
export function isPrerelease({ pre, dev }: Version): boolean {
  return pre !== undefined || dev !== undefined;
}

type Order = readonly (bigint | string | Order)[];

function orderOf({ epoch, release, pre, post, dev }: Version): Order {
  // 1.0.dev1 < 1.0a1.dev1 < 1.0a1 < 1.0rc1 < 1.0 < 1.0.post1.dev1 < 1.0.post1
  const phase = pre ? BigInt(['a', 'b', 'rc'].indexOf(pre.phase)) : post === undefined && dev !== undefined ? -1n : 3n;
  return [
    epoch,
    withoutTrailingZeros(release),
    phase,
    pre?.number ?? 0n,
    post ?? -1n,
    dev === undefined ? 1n : 0n,
    dev ?? 0n,
  ];
}

/** A number is newer than a word. */
function localOrder(part: bigint | string): Order {
  return typeof part === 'bigint' ? [1n, part] : [0n, part];
}

function compareLists(a: Order, b: Order): number {
  for (const [index, left] of a.entries()) {
    const right = b[index];
    if (right === undefined) return 1;
    const order =
      typeof left === 'object' && typeof right === 'object'
        ? compareLists(left, right)
        : left < right
          ? -1
          : left > right
            ? 1
            : 0;
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function withoutTrailingZeros(release: readonly bigint[]): readonly bigint[] {
  const last = release.findLastIndex((part) => part !== 0n);
  return release.slice(0, Math.max(last, 0) + 1);
}

function phaseOf(word: string): 'a' | 'b' | 'rc' {
  return word.startsWith('a') ? 'a' : word.startsWith('b') ? 'b' : 'rc';
}
