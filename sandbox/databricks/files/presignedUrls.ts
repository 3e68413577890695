import { randomBytes } from 'node:crypto';
import { ApiError, invalidParameter } from '../apiError';
import type { SandboxClock } from '../../clock';
import { type ApiRequest, RawAnswer, type Router } from '../router';
import type { Volumes } from './volumes';

interface SignedUrl {
  readonly path: string;
  readonly isUpload: boolean;
  readonly expiresAt: number;
}

export interface PresignedUrlParts {
  readonly volumes: Volumes;
  readonly clock: SandboxClock;
  /** Of the sandbox, which is the cloud storage too. */
  readonly url: () => string;
  /** @throws ApiError for a path that cannot be changed */
  readonly checkWrite: (path: string) => void;
}

const storage = '/presigned/';
const lifetimeMilliseconds = 3_600_000;

/**
 * URLs that need no token, for the files of the Files API (`databricks_filesystem_service.proto` and
 * `presigned_url_artifact_repo.py` of MLflow). At Databricks they lead to the storage of the cloud.
 */
export function addPresignedUrlRoutes(router: Router, { volumes, clock, url, checkWrite }: PresignedUrlParts): void {
  const signed = new Map<string, SignedUrl>();
  const sign = (request: ApiRequest, isUpload: boolean) => {
    // Databricks' SDK sends it as a query, MLflow in the body.
    const path = request.query.get('path') ?? request.required('path');
    if (isUpload) checkWrite(path);
    else if (!volumes.file(path)) throw new ApiError(404, 'NOT_FOUND', 'The file being accessed is not found.');
    const signature = randomBytes(24).toString('base64url');
    signed.set(signature, { path, isUpload, expiresAt: clock.now() + lifetimeMilliseconds });
    return { url: `${url()}${storage}${signature}`, headers: [] };
  };
  const find = ({ rest }: ApiRequest, isUpload: boolean): string => {
    const found = signed.get(rest);
    if (!found || found.isUpload !== isUpload || found.expiresAt <= clock.now())
      throw new ApiError(403, 'PERMISSION_DENIED', 'The signature of the URL is invalid or has expired.');
    return found.path;
  };
  router.add('POST', '/api/2.0/fs/create-upload-url', (request) => sign(request, true));
  router.add('POST', '/api/2.0/fs/create-download-url', (request) => sign(request, false));
  router.addPublic('PUT', `${storage}*`, (request) => {
    const path = find(request, true);
    checkWrite(path);
    volumes.put(path, request.body, true);
    return new RawAnswer(Buffer.alloc(0), { status: 200 });
  });
  router.addPublic('GET', `${storage}*`, (request) => {
    const file = volumes.file(find(request, false));
    if (!file) throw invalidParameter('The file has been deleted.');
    return new RawAnswer(file.bytes);
  });
}
