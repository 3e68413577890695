import type { Json } from '../../json';
import type { ContainerGroup, GroupBody } from './containerInstances';
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

/** What Azure never gives back. */
const unseen = /\.(secureValue|password|storageAccountKey|workspaceKey)$|^volumes\.[^.]+\.secret\./;

/** What counts also where nobody wrote it. Everything else may be what Azure adds by itself. */
const neverAdded = /^(containers\.[^.]+\.(image|environmentVariables\..+)|subnetIds\..+|zones\..+)$/;

/** What Azure refuses to change in a group that exists (https://learn.microsoft.com/azure/container-instances/container-instances-update). */
const immutable =
  /^(location|osType|restartPolicy|sku|priority|ipAddress\.type|(zones|subnetIds|confidentialComputeProperties)\..+|containers\.[^.]+\.resources\..+)$/;

/** How a group differs from the definition, as far as Azure returns it: it never returns secrets. */
export function groupDifferences(wanted: GroupBody, found: ContainerGroup): readonly GroupDifference[] {
  const [should, is] = [settingsOf(wanted), settingsOf(found as unknown as Json)];
  const places = [...should.keys()].filter((place) => !unseen.test(place));
  const added = [...is.keys()].filter((place) => neverAdded.test(place) && !should.has(place));
  return [...places, ...added]
    .filter((place) => !isSame(place, should.get(place), is.get(place)))
    .map((place) => ({ place, wanted: should.get(place), found: is.get(place) }));
}

/** The secrets in a body: the values that Azure never returns, and that must not be logged. */
export function secretsIn(body: GroupBody): readonly string[] {
  return [...settingsOf(body)].filter(([place, value]) => unseen.test(place) && value !== '').map(([, value]) => value);
}

/** Whether this change requires a new group. */
export function isImmutable({ place, wanted, found }: GroupDifference): boolean {
  // Adding or removing a container changes the resources of the group.
  const isWholeContainer = /^containers\.[^.]+\.image$/.test(place) && (wanted === undefined || found === undefined);
  return isWholeContainer || immutable.test(place);
}

/** `~ containers.score.image: old → new`. Values that may be secret are masked. */
export function differenceLine({ place, wanted, found }: GroupDifference): string {
  const isPrivate = /environmentVariables|command|password|key|secret/i.test(place);
  const [to, from] = [wanted, found].map((value) => (isPrivate && value !== undefined ? '***' : value));
  if (from === undefined) return `+ ${place}: ${to ?? ''}`;
  return to === undefined ? `- ${place}: ${from}` : `~ ${place}: ${from} → ${to}`;
}

function isSame(place: string, wanted = '', found = ''): boolean {
  // `West Europe` is `westeurope`.
  if (place === 'location') return plain(wanted) === plain(found);
  // Azure leaves out settings that are off.
  return lowerId(wanted) === lowerId(found) || (found === '' && ['false', '0'].includes(wanted));
}

function plain(location: string): string {
  return location.toLowerCase().replaceAll(/\s/g, '');
}
