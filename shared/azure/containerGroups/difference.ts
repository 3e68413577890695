import { isConcealed } from '../../comparison/difference';
import { isAt, isFilledIn, isIncomparable } from '../../comparison/knownBehavior';
import type { ContainerGroup, GroupBody } from './containerInstances';
import { groupBehaviors, immutableSettings } from './knownBehavior';
import { lowerId, settingsOf } from './settings';

/** One setting that differs. */
export interface GroupDifference {
  /** `containers.score.image` */
  readonly place: string;
  /** Undefined when it must not exist. */
  readonly wanted: string | undefined;
  /** Undefined when it does not exist, or when Azure doesn't return it. */
  readonly found: string | undefined;
}

/** How a group differs from the definition, as far as Azure returns it: it never returns secrets. */
export function groupDifferences(wanted: GroupBody, found: ContainerGroup): readonly GroupDifference[] {
  const [should, is] = [settingsOf(wanted), settingsOf(found)];
  const places = [...should.keys()].filter((place) => !isSecret(place));
  const added = [...is].filter(([place, value]) => !should.has(place) && !isAddedByAzure(place, value));
  return [...places, ...added.map(([place]) => place)]
    .filter((place) => !isSame(place, should.get(place), is.get(place)))
    .map((place) => ({ place, wanted: should.get(place), found: is.get(place) }));
}

/** The secrets in a body: the values that Azure never returns, and that must not be logged. */
export function secretsIn(body: GroupBody): readonly string[] {
  return [...settingsOf(body)].filter(([place, value]) => isSecret(place) && value !== '').map(([, value]) => value);
}

/** Whether this change requires a new group. */
export function isImmutable({ place, wanted, found }: GroupDifference): boolean {
  // Adding or removing a container changes the resources of the group.
  const isWholeContainer = /^containers\.[^.]+\.image$/.test(place) && (wanted === undefined || found === undefined);
  return isWholeContainer || immutableSettings.some(({ path }) => isAt(path, namesIn(place)));
}

/** `~ containers.score.image: old → new`. Values that may be secret are masked. */
export function differenceLine({ place, wanted, found }: GroupDifference): string {
  const isPrivate = /environmentVariables|command/.test(place) || namesIn(place).some(isConcealed);
  const [to, from] = [wanted, found].map((value) => (isPrivate && value !== undefined ? '***' : value));
  if (from === undefined) return `+ ${place}: ${to ?? ''}`;
  return to === undefined ? `- ${place}: ${from}` : `~ ${place}: ${from} → ${to}`;
}

function isSame(place: string, wanted = '', found = ''): boolean {
  // `West Europe` is `westeurope`.
  if (place === 'location') return normalized(wanted) === normalized(found);
  // Azure leaves out settings that are off.
  return lowerId(wanted) === lowerId(found) || (found === '' && ['false', '0'].includes(wanted));
}

function normalized(location: string): string {
  return location.toLowerCase().replaceAll(/\s/g, '');
}

/** Azure never returns secrets. */
function isSecret(place: string): boolean {
  return isIncomparable(groupBehaviors, namesIn(place));
}

function isAddedByAzure(place: string, value: string): boolean {
  return isFilledIn(groupBehaviors, namesIn(place), value, {});
}

/** Keys such as names of registries hold dots, too: no path of `groupBehaviors` depends on where such a key ends. */
function namesIn(place: string): readonly string[] {
  return place.split('.');
}
