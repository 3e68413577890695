import type { ArmError } from '../../armError';
import { inferencingRefusal } from '../mlError';
import type { Traffic } from './endpointBody';

/**
 * Checks the shares of traffic and of mirrored traffic; `states` has the deployments that there are.
 * @throws ArmError
 */
export function checkTraffic(
  { traffic, mirrorTraffic, compute }: { traffic: Traffic; mirrorTraffic: Traffic; compute?: string },
  served: ReadonlyMap<string, boolean>,
  location: string,
): void {
  const refuse = (field: string, message: string): ArmError => inferencingRefusal(location, { [field]: [message] });
  for (const name of [...Object.keys(traffic), ...Object.keys(mirrorTraffic)]) {
    const isServed = served.get(name);
    if (isServed === undefined) throw refuse('Traffic', `Specified deployment [${name}] does not exist.`);
    if (!isServed && ((traffic[name] ?? 0) > 0 || (mirrorTraffic[name] ?? 0) > 0)) {
      throw refuse('Traffic', `Specified deployment [${name}] is not in Succeeded provisioning state.`);
    }
  }
  const shares = Object.values(traffic);
  if (shares.some((share) => !Number.isInteger(share) || share < 0 || share > 100)) {
    throw refuse('Traffic', 'Traffic percentages must be whole numbers between 0 and 100.');
  }
  const sum = shares.reduce((total, share) => total + share, 0);
  if (sum !== 0 && sum !== 100) {
    throw refuse('Traffic', `The sum of the traffic percentages must be 0 or 100, but it is ${sum}.`);
  }
  const mirrored = Object.entries(mirrorTraffic).filter(([, share]) => share > 0);
  if (mirrored.length === 0) return;
  if (compute !== undefined) {
    throw refuse('MirrorTraffic', 'Mirror traffic is not supported for Kubernetes online endpoints.');
  }
  if (mirrored.length > 1) throw refuse('MirrorTraffic', 'Traffic can be mirrored to one deployment only.');
  for (const [name, share] of mirrored) {
    if (share > 50) throw refuse('MirrorTraffic', `Mirror traffic must be at most 50 percent, but it is ${share}.`);
    if ((traffic[name] ?? 0) > 0) {
      throw refuse('MirrorTraffic', `Deployment [${name}] has live traffic and cannot have mirror traffic.`);
    }
  }
}
