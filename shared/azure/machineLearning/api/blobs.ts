import type { Context } from '../../../agent/context';
import { createHttpClient } from '../../../http/createHttpClient';
import { HttpError, isFinalRefusal, isRefusal, type Trouble } from '../../../http/errors';
import type { HttpClient, HttpRequest } from '../../../http/httpClient';
import * as shape from '../../../http/shape';
import type { TokenSource } from '../../../http/tokenSource';
import { userAgent } from '../../../identity/signIn';
import { pathSegment, pathSegments } from '../../../pathSegment';
import { blobDialect } from '../../dialect';

/** Where blobs are written, and what proves that they may be. */
export interface BlobContainer {
  /** `https://account.blob.core.windows.net` */
  readonly url: string;
  readonly container: string;
  readonly access: { readonly signature: string } | { readonly tokens: TokenSource };
}

/** The first version that has all that is used here; a request with a token needs one. */
const version = '2021-08-06';

/** So large a file is sent in one request, and a larger one in blocks of half that size, one of which is in memory. */
const largestPutBytes = 128 * 1024 * 1024;

/** A file to upload, by its path without links. */
export interface BlobFile {
  readonly file: string;
  readonly size: number;
  /** Its bytes, a part at a time, for a file that is sent in blocks. */
  readonly parts: () => AsyncIterable<Uint8Array>;
}

/** Writes blobs whose names are of their content, so that one that is there already is the right one. */
export class BlobsApi {
  readonly #http: HttpClient;

  constructor(
    private readonly target: BlobContainer,
    context: Context,
    private readonly mostBytesAtOnce = largestPutBytes,
  ) {
    const { url, access } = target;
    this.#http = createHttpClient({
      ...context,
      baseUrl: url,
      service: 'Azure Storage',
      dialect: blobDialect,
      userAgent,
      headers: { 'x-ms-version': version },
      explain: adviceFor,
      ...('tokens' in access && { tokens: access.tokens }),
    });
  }

  /** Writes a blob, unless there is one of this name. */
  async write(name: string, blob: BlobFile): Promise<void> {
    if (await this.#exists(name)) return;
    try {
      if (blob.size <= this.mostBytesAtOnce) await this.#putWhole(name, blob);
      else await this.#putBlocks(name, blob);
    } catch (error) {
      // Another run of the same pipeline has written it meanwhile.
      if (!(error instanceof HttpError) || !(error.status === 412 || error.errorCode === 'BlobAlreadyExists'))
        throw error;
    }
  }

  async #exists(name: string): Promise<boolean> {
    try {
      await this.#http.json(this.#request('HEAD', name, `look up the blob ${name}`), shape.noContent);
      return true;
    } catch (error) {
      // A refusal has a reason only with the request that writes: the answer to this one has no body.
      if (isFinalRefusal(error) && [403, 404].includes(error.status)) return false;
      throw error;
    }
  }

  async #putWhole(name: string, { file, size }: BlobFile): Promise<void> {
    await this.#send(this.#request('PUT', name, `upload ${name}`), {
      file,
      headers: { 'x-ms-blob-type': 'BlockBlob', 'If-None-Match': '*' },
      budgetSeconds: 120 + size / 1_000_000,
    });
  }

  /** The blocks of a blob stay invisible until the list of them is written: https://learn.microsoft.com/rest/api/storageservices/put-block-list. */
  async #putBlocks(name: string, { parts }: BlobFile): Promise<void> {
    const ids: string[] = [];
    for await (const bytes of blocksOf(parts(), Math.ceil(this.mostBytesAtOnce / 2))) {
      const id = Buffer.from(String(ids.length).padStart(6, '0')).toString('base64');
      ids.push(id);
      const query = `comp=block&blockid=${encodeURIComponent(id)}`;
      await this.#send(this.#request('PUT', name, `upload a part of ${name}`, query), {
        content: { contentType: 'application/octet-stream', bytes },
        budgetSeconds: 120 + bytes.length / 1_000_000,
      });
    }
    const content = `<?xml version="1.0" encoding="utf-8"?><BlockList>${ids.map((id) => `<Latest>${id}</Latest>`).join('')}</BlockList>`;
    await this.#send(this.#request('PUT', name, `complete the upload of ${name}`, 'comp=blocklist'), {
      text: { contentType: 'application/xml', content },
      headers: { 'If-None-Match': '*' },
    });
  }

  async #send(request: HttpRequest, body: Partial<HttpRequest>): Promise<void> {
    await this.#http.json({ ...request, ...body }, shape.noContent);
  }

  #request(method: 'HEAD' | 'PUT', name: string, purpose: string, query = ''): HttpRequest {
    const { container, access } = this.target;
    const path = `/${pathSegment(container)}/${pathSegments(name)}`;
    const signature = 'signature' in access ? access.signature : '';
    const exactQuery = [query, signature].filter(Boolean).join('&');
    // The signature proves who asks: whoever has it may write.
    const secrets = signature === '' ? [] : [signature, ...signedParts(signature)];
    return { method, path, purpose, repeatable: true, secrets, ...(exactQuery !== '' && { exactQuery }) };
  }
}

/** The part of a signed query that is its proof, also as it reads when it is decoded. */
function signedParts(signature: string): readonly string[] {
  const proof = new URLSearchParams(signature).get('sig');
  return proof === null || proof === '' ? [] : [proof, encodeURIComponent(proof)];
}

/** Joins the parts of a file to blocks of one size; the last one may be smaller. */
async function* blocksOf(parts: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let length = 0;
  for await (const part of parts) {
    for (let rest = part; rest.length > 0;) {
      const taken = rest.subarray(0, size - length);
      waiting.push(taken);
      length += taken.length;
      rest = rest.subarray(taken.length);
      if (length < size) continue;
      yield Buffer.concat(waiting);
      [waiting, length] = [[], 0];
    }
  }
  if (length > 0) yield Buffer.concat(waiting);
}

function adviceFor(trouble: Trouble): string | undefined {
  if (!isRefusal(trouble) || trouble.status !== 403) return undefined;
  if (trouble.errorCode === 'AuthorizationFailure')
    return 'The storage account of the workspace accepts requests of some networks only. Run this in such a network, or deploy a model that is registered already.';
  return "Assign the identity of the Azure connection the role 'Storage Blob Data Contributor' on the storage account of the workspace (Azure portal, Access control (IAM)).";
}
