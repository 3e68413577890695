import { plainMarkdown } from '../../markdown';
import type { ContainerGroup } from './containerInstances';

/** Where a group serves: by its name where it has one. Empty while it has no address. */
export function scoringUriOf({ properties: { ipAddress } }: ContainerGroup, path: string): string {
  const host = ipAddress?.fqdn ?? ipAddress?.ip;
  const port = ipAddress?.ports?.[0]?.port;
  return host === undefined || port === undefined ? '' : new URL(path, `http://${host}:${port}`).href;
}

/** The image of the container that serves. */
export function imageOf({ properties: { containers } }: ContainerGroup): string {
  return containers?.[0]?.properties.image ?? '';
}

/** What Azure says of its containers together, else of its own work: `Running`. */
export function stateOf({ properties: { instanceView, provisioningState } }: ContainerGroup): string {
  return instanceView?.state ?? provisioningState ?? '';
}

/** What a step did to a group, as Markdown: a table with the address at which it serves. */
export function groupSummary(
  group: ContainerGroup,
  {
    change,
    previousImage,
    scoringPath,
  }: { readonly change: string; readonly previousImage: string; readonly scoringPath: string },
): string {
  const cells = [group.name, change, stateOf(group), imageOf(group), previousImage, scoringUriOf(group, scoringPath)];
  return [
    '| Container group | Change | State | Image | Image before | Address |',
    '| --- | --- | --- | --- | --- | --- |',
    `| ${cells.map(plainMarkdown).join(' | ')} |`,
  ].join('\n');
}
