import type { Json } from '../../json';
import type { ContainerGroup, GroupBody } from './containerInstances';
import { lowerId, settingsOf } from './settings';

/** One setting that is not as it should be. */
export interface GroupDifference {
  /** `containers.score.image` */
  readonly place: string;
  /** Undefined where it should not be there. */
  readonly wanted: string | undefined;
  /** Undefined where there is nothing yet, or where Azure doesn't tell. */
  readonly found: string | undefined;
}

/** What Azure never gives back. */
const unseen = /\.(secureValue|password|storageAccountKey|workspaceKey)$|^volumes\.[^.]+\.secret\./;

/** What counts also where nobody wrote it. Everything else may be what Azure adds by itself. */
const neverAdded = /^(containers\.[^.]+\.(image|environmentVariables\..+)|subnetIds\..+|zones\..+)$/;

/** What Azure refuses to change in a group that exists (https://learn.microsoft.com/azure/container-instances/container-instances-update). */
const immutable =
  /^(location|osType|restartPolicy|sku|priority|ipAddress\.type|(zones|subnetIds|confidentialComputeProperties)\..+|containers\.[^.]+\.resources\..+)$/;

/** Where a group is not as wanted, as far as Azure shows it: it keeps secrets to itself. */
export function groupDifferences(wanted: GroupBody, found: ContainerGroup): readonly GroupDifference[] {
  const [should, is] = [settingsOf(wanted), settingsOf(found as unknown as Json)];
  const places = [...should.keys()].filter((place) => !unseen.test(place));
  const added = [...is.keys()].filter((place) => neverAdded.test(place) && !should.has(place));
  return [...places, ...added]
    .filter((place) => !isSame(place, should.get(place), is.get(place)))
    .map((place) => ({ place, wanted: should.get(place), found: is.get(place) }));
}

/** The values in a body that Azure keeps to itself, and that nobody is to read anywhere else. */
export function secretsIn(body: GroupBody): readonly string[] {
  return [...settingsOf(body)].filter(([place, value]) => unseen.test(place) && value !== '').map(([, value]) => value);
}

/** Whether the group has to be made anew for this. */
export function isImmutable({ place, wanted, found }: GroupDifference): boolean {
  // A container more or less changes what the group needs.
  const isWholeContainer = /^containers\.[^.]+\.image$/.test(place) && (wanted === undefined || found === undefined);
  return isWholeContainer || immutable.test(place);
}

/** `~ containers.score.image: old → new`. What may be a secret is not shown. */
export function differenceLine({ place, wanted, found }: GroupDifference): string {
  const isPrivate = /environmentVariables|command|password|key|secret/i.test(place);
  const [to, from] = [wanted, found].map((value) => (isPrivate && value !== undefined ? '***' : value));
  if (from === undefined) return `+ ${place}: ${to ?? ''}`;
  return to === undefined ? `- ${place}: ${from}` : `~ ${place}: ${from} → ${to}`;
}

function isSame(place: string, wanted = '', found = ''): boolean {
  // `West Europe` is `westeurope`.
  if (place === 'location') return plain(wanted) === plain(found);
  // Azure leaves out what is off.
  return lowerId(wanted) === lowerId(found) || (found === '' && ['false', '0'].includes(wanted));
}

function plain(location: string): string {
  return location.toLowerCase().replaceAll(/\s/g, '');
}
