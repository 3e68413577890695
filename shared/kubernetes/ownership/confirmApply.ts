import { isDeepStrictEqual } from 'node:util';
import type { Deployment } from 'kubernetes-types/apps/v1';
import { TaskError } from '../../errors';
import type { KubernetesClient } from '../client/client';
import { deployments, kindKeyOf, titleOf, type KubernetesObject, type Resource } from '../client/resource';
import { parseImage } from '../manifest/imageReference';
import { leavesOf, pathText, valueAt, type FieldPath } from './fieldSet';
import { ownFields } from './managers';

const cause = 'a mutating policy or webhook (such as one of Kyverno or Gatekeeper)';

/**
 * Reads an object back that was applied, and throws a TaskError when it does not exist or its fields do not have the values
 * that the dry run of the apply announced (`planned`, if there was one). Annotations and replicas are left to others. Of a
 * Deployment only the answer to the apply is examined: whoever follows its rollout reads it, and knows who changed it.
 */
export async function confirmApply<T extends KubernetesObject>(
  client: KubernetesClient,
  resource: Resource<T>,
  applied: T,
  planned: KubernetesObject | undefined,
): Promise<void> {
  const isFollowed = kindKeyOf(resource) === kindKeyOf(deployments);
  const stored = isFollowed ? applied : await client.get(resource, applied.metadata?.name ?? '');
  const title = titleOf({ ...applied, kind: resource.kind });
  if (!stored) throw new TaskError(`The cluster accepted ${title}, but it does not exist. Deploy it again.`);
  const others = leavesOf(ownFields(planned?.metadata?.managedFields)).filter(
    (path) => !isLeftToOthers(path) && !isDeepStrictEqual(valueAt(planned, path), valueAt(stored, path)),
  );
  const other = others.find(isImage) ?? others[0];
  if (!other) return;
  const values = [valueAt(stored, other), valueAt(planned, other)].map(String);
  throw new TaskError(
    `The cluster accepted ${title}, but does not have it: ${pathText(other)} ${isImage(other) ? `is ${values.join(' instead of ')}` : 'has another value'}. ` +
      `Possible causes are ${cause}, an operator or another pipeline that changed it back.`,
  );
}

/**
 * Throws a TaskError when the cluster would run another version than the wanted one, by the dry run of its apply. Another
 * registry is none: policies direct images to mirrors.
 */
export function refuseOtherImages(wanted: Deployment, planned: KubernetesObject | undefined): void {
  for (const { name, image = '' } of wanted.spec?.template.spec?.containers ?? []) {
    const key = `k:${JSON.stringify({ name })}`;
    const found = valueAt(planned, ['f:spec', 'f:template', 'f:spec', 'f:containers', key, 'f:image']);
    if (typeof found !== 'string' || !isOtherVersion(image, found)) continue;
    throw new TaskError(
      `The cluster would run ${found} instead of ${image} in container ${name} of ${titleOf(wanted)}: ${cause} changes the image. Change the policy, or the image.`,
    );
  }
}

function isOtherVersion(wanted: string, found: string): boolean {
  const [one, other] = [parseImage(wanted), parseImage(found)];
  if (!one || !other) return false;
  if (one.digest !== undefined && other.digest !== undefined) return one.digest !== other.digest;
  return one.tag !== undefined && other.tag !== undefined && one.tag !== other.tag;
}

function isImage(path: FieldPath): boolean {
  return path.at(-1) === 'f:image';
}

function isLeftToOthers([first, second]: FieldPath): boolean {
  return (first === 'f:metadata' && second === 'f:annotations') || (first === 'f:spec' && second === 'f:replicas');
}
