import type { IncomingHttpHeaders } from 'node:http';
import {
  versionInPreview,
  versionInvalid,
  versionMissing,
  versionTooHigh,
  versionTooLow,
  resourceVersionTooHigh,
} from '../organizationError';
import type { Location } from './route';

interface Asked {
  readonly number: string;
  readonly isPreview: boolean;
  /** Of the resource, the part behind `-preview.`. */
  readonly resourceVersion: number | undefined;
}

/**
 * The version that answers a request, as the content type of the answer names it. A GET may leave it out and gets the
 * newest released version. @throws OrganizationError
 */
export function negotiateVersion(
  location: Location,
  method: string,
  query: URLSearchParams,
  headers: IncomingHttpHeaders,
): string {
  const text = query.get('api-version') ?? acceptedVersion(headers.accept);
  if (text === undefined || text === '') {
    if (method !== 'GET' && method !== 'HEAD') throw versionMissing(method);
    return newestVersion(location);
  }
  const { number, isPreview, resourceVersion } = readVersion(text);
  const { minVersion, maxVersion, releasedVersion } = location;
  if (compareVersions(number, maxVersion) > 0) throw versionTooHigh(number, maxVersion);
  if (compareVersions(number, minVersion) < 0) throw versionTooLow(number, minVersion);
  if (!isPreview) {
    if (compareVersions(number, releasedVersion) > 0) throw versionInPreview(number);
    return number;
  }
  if (resourceVersion !== undefined && resourceVersion > location.resourceVersion)
    throw resourceVersionTooHigh(text, location.resourceVersion);
  return `${number}-preview.${resourceVersion ?? location.resourceVersion}`;
}

function acceptedVersion(accept: string | undefined): string | undefined {
  return /api-version\s*=\s*"?([^\s;,"]+)/i.exec(accept ?? '')?.[1];
}

function readVersion(text: string): Asked {
  const [, number, preview, resourceVersion] = /^(\d+(?:\.\d+)?)(-preview(?:\.(\d+))?)?$/i.exec(text) ?? [];
  if (number === undefined) throw versionInvalid(text);
  return {
    number: number.includes('.') ? number : `${number}.0`,
    isPreview: preview !== undefined,
    resourceVersion: resourceVersion === undefined ? undefined : Number(resourceVersion),
  };
}

function newestVersion({ releasedVersion, maxVersion, resourceVersion }: Location): string {
  return releasedVersion === '0.0' ? `${maxVersion}-preview.${resourceVersion}` : releasedVersion;
}

function compareVersions(left: string, right: string): number {
  const [major = 0, minor = 0] = left.split('.').map(Number);
  const [otherMajor = 0, otherMinor = 0] = right.split('.').map(Number);
  return major - otherMajor || minor - otherMinor;
}
