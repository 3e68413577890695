import { originOf, urlAt } from '../../http/transport/address';
import { plainMarkdown } from '../../markdown';
import type { ContainerGroup } from './containerInstances';

/** The URL of a group, with its DNS name if it has one. Empty while it has no address. */
export function scoringUriOf({ properties: { ipAddress } }: ContainerGroup, path: string): string {
  const host = ipAddress?.fqdn ?? ipAddress?.ip;
  const port = ipAddress?.ports?.[0]?.port;
  return host === undefined || port === undefined ? '' : urlAt(originOf(host, port), path);
}

/** The image of the container that serves. */
export function imageOf({ properties: { containers } }: ContainerGroup): string {
  return containers?.[0]?.properties.image ?? '';
}

/** The state of the containers, else the provisioning state: `Running`. */
export function stateOf({ properties: { instanceView, provisioningState } }: ContainerGroup): string {
  return instanceView?.state ?? provisioningState ?? '';
}

/** What a step did to a group, as a Markdown table with its address. */
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
    '| Container group | Change | State | Image | Previous image | Address |',
    '| --- | --- | --- | --- | --- | --- |',
    `| ${cells.map(plainMarkdown).join(' | ')} |`,
  ].join('\n');
}
