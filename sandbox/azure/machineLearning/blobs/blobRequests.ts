import type { Answer, Received } from '../../../http/httpServer';
import {
  blobErrorBody,
  blobExists,
  blobNotFound,
  blockListInvalid,
  headerMissing,
  requestUnsupported,
} from './blobError';
import type { Blob, BlobContainer } from './blobStore';

const nothing = Buffer.alloc(0);

/**
 * What the blob service answers to a request for a blob, or for the list of a container.
 * @throws BlobError
 */
export function answerBlob(container: BlobContainer, name: string, received: Received): Answer {
  const { method, url } = received;
  const comp = url.searchParams.get('comp');
  if (name === '') {
    if (method === 'GET' && comp === 'list') return listBlobs(container, url.searchParams.get('prefix') ?? '');
    throw requestUnsupported();
  }
  switch (`${method} ${comp ?? ''}`) {
    case 'GET ':
    case 'HEAD ':
      return readBlob(found(container, name), received);
    case 'PUT ':
      return putBlob(container, name, received);
    case 'PUT block': {
      const id = url.searchParams.get('blockid');
      if (id === null) throw headerMissing('blockid');
      container.putBlock(name, id, received.body);
      return { status: 201, headers: {}, body: nothing };
    }
    case 'PUT blocklist':
      return putBlockList(container, name, received);
    case 'GET metadata':
    case 'HEAD metadata':
      return { status: 200, headers: headersOf(found(container, name)), body: nothing };
    case 'PUT metadata': {
      const blob = found(container, name);
      container.setMetadata(blob, metadataOf(received));
      return { status: 200, headers: tagsOf(blob), body: nothing };
    }
    case 'DELETE ':
      found(container, name);
      container.blobs.delete(name);
      return { status: 202, headers: {}, body: nothing };
    default:
      throw requestUnsupported();
  }
}

function found(container: BlobContainer, name: string): Blob {
  const blob = container.blobs.get(name);
  if (!blob) throw blobNotFound();
  return blob;
}

function readBlob(blob: Blob, { headers }: Received): Answer {
  const range = /^bytes=(\d+)-(\d*)$/.exec(String(headers['x-ms-range'] ?? headers.range ?? ''));
  const common = { ...headersOf(blob), 'content-type': blob.contentType, 'accept-ranges': 'bytes' };
  if (!range) return { status: 200, headers: common, body: blob.content };
  const [start, length] = [Number(range[1]), blob.content.length];
  if (start >= length) {
    const body = blobErrorBody('InvalidRange', 'The range specified is invalid for the current size of the resource.');
    return { status: 416, headers: { 'x-ms-error-code': 'InvalidRange' }, body: Buffer.from(body) };
  }
  const body = blob.content.subarray(start, range[2] === '' ? length : Number(range[2]) + 1);
  const contentRange = `bytes ${start}-${start + body.length - 1}/${length}`;
  return { status: 206, headers: { ...common, 'content-range': contentRange }, body };
}

function putBlob(container: BlobContainer, name: string, received: Received): Answer {
  const type = received.headers['x-ms-blob-type'];
  if (type === undefined) throw headerMissing('x-ms-blob-type');
  if (type !== 'BlockBlob') throw requestUnsupported();
  return store(container, name, received, received.body);
}

function putBlockList(container: BlobContainer, name: string, received: Received): Answer {
  const ids = [...received.body.toString('utf8').matchAll(/<(?:Latest|Uncommitted|Committed)>([^<]*)</g)];
  const content = container.contentOf(
    name,
    ids.map(([, id = '']) => id),
  );
  if (!content) throw blockListInvalid();
  return store(container, name, received, content);
}

function store(container: BlobContainer, name: string, received: Received, content: Buffer): Answer {
  if (received.headers['if-none-match'] === '*' && container.blobs.has(name)) throw blobExists();
  const contentType = received.headers['x-ms-blob-content-type'] ?? received.headers['content-type'];
  const metadata = metadataOf(received);
  const blob = container.put(name, content, {
    metadata,
    ...(contentType !== undefined && { contentType: String(contentType) }),
  });
  return { status: 201, headers: { ...tagsOf(blob), 'x-ms-request-server-encrypted': 'true' }, body: nothing };
}

function metadataOf({ headers }: Received): Readonly<Record<string, string>> {
  const prefix = 'x-ms-meta-';
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), String(value)]),
  );
}

const tagsOf = ({ etag, modifiedAt }: Blob) => ({ etag, 'last-modified': new Date(modifiedAt).toUTCString() });

const headersOf = (blob: Blob): Readonly<Record<string, string>> => ({
  ...tagsOf(blob),
  'x-ms-blob-type': 'BlockBlob',
  ...Object.fromEntries(Object.entries(blob.metadata).map(([name, value]) => [`x-ms-meta-${name}`, value])),
});

function listBlobs(container: BlobContainer, prefix: string): Answer {
  const entries = [...container.blobs]
    .filter(([name]) => name.startsWith(prefix))
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(
      ([name, { content }]) =>
        `<Blob><Name>${name.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</Name><Properties><Content-Length>${content.length}</Content-Length><BlobType>BlockBlob</BlobType></Properties></Blob>`,
    );
  const body = `\uFEFF<?xml version="1.0" encoding="utf-8"?><EnumerationResults><Blobs>${entries.join('')}</Blobs><NextMarker /></EnumerationResults>`;
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: Buffer.from(body) };
}
