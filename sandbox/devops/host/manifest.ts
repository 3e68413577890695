import { isObject, type JsonObject, listAt, objectIn, requiredText, textAt } from '../rest/requestBody';

/** What the page needs to know of an extension. */
export interface HostedExtension {
  readonly publisherName: string;
  readonly extensionName: string;
  readonly version: string;
  readonly scopes: readonly string[];
  /** Ids of the contributions whose pages are in the folder `hub`, by file, such as `models.html`. */
  readonly contributions: Readonly<Record<string, string>>;
}

/**
 * Reads the manifest of an extension (https://learn.microsoft.com/azure/devops/extend/develop/manifest).
 * @throws Error when it does not say who it is
 */
export function readManifest(manifest: unknown): HostedExtension {
  const root = objectIn(manifest, 'manifest');
  const contributions = listAt(root, 'contributions')
    .filter(isObject)
    .flatMap((contribution) => {
      const file = pageOf(contribution);
      return file === undefined ? [] : [[file, requiredText(contribution, 'id')]];
    });
  return {
    publisherName: requiredText(root, 'publisher'),
    extensionName: requiredText(root, 'id'),
    version: requiredText(root, 'version'),
    scopes: listAt(root, 'scopes').filter((scope) => typeof scope === 'string'),
    contributions: Object.fromEntries(contributions) as Record<string, string>,
  };
}

function pageOf({ properties }: JsonObject): string | undefined {
  return isObject(properties) ? /^hub\/(\w+\.html)$/.exec(textAt(properties, 'uri') ?? '')?.[1] : undefined;
}
