import { alreadyExists, ApiError, doesNotExist, invalidParameter } from '../apiError';
import { int64 } from '../ids';
import type { JsonObject } from '../json';
import { type ApiRequest, RawAnswer, type Router } from '../router';
import { readMultipart } from './multipart';
import { checkSize, inlineLimitBytes, readImport } from './readImport';
import { normalPath, parentOf, type WorkspaceNode, type WorkspaceTree } from './workspaceTree';
import { writeExport } from './writeExport';

/** Workspace API 2.0 (https://docs.databricks.com/api/workspace/workspace) and `workspace-files/import-file`. */
export function addWorkspaceRoutes(router: Router, tree: WorkspaceTree): void {
  router.add('POST', '/api/2.0/workspace/import', async (request) => {
    importItems(tree, await importOf(request));
    return {};
  });

  router.add('POST', '/api/2.0/workspace-files/import-file/*', (request) => {
    const path = normalPath(`/${decodeURIComponent(request.rest)}`);
    const overwrite = request.query.get('overwrite') === 'true';
    if (!overwrite && tree.get(path)?.type === 'FILE') {
      throw new ApiError(409, 'RESOURCE_ALREADY_EXISTS', `File already exists at (${path}).`);
    }
    importItems(tree, { path, format: 'AUTO', language: undefined, overwrite, bytes: request.body });
    return {};
  });

  router.add('GET', '/api/2.0/workspace/export', (request) => {
    const path = request.required('path');
    const node = find(tree.read(normalPath(path)), path);
    const { bytes, fileType } = writeExport(node, tree.below(node.path), request.text('format') ?? 'SOURCE');
    if (request.flag('direct_download')) return new RawAnswer(bytes);
    return { content: bytes.toString('base64'), file_type: fileType };
  });

  router.add('GET', '/api/2.0/workspace/get-status', (request) => {
    const path = request.required('path');
    return view(find(tree.read(normalPath(path)), path), mountOf(path));
  });

  router.add('GET', '/api/2.0/workspace/list', (request) => {
    const path = request.required('path');
    const node = find(tree.read(normalPath(path)), path);
    const after = request.integer('notebooks_modified_after') ?? 0;
    const found = node.type === 'DIRECTORY' ? tree.readChildren(node.path) : [node];
    const objects = found
      .filter((child) => child.type !== 'NOTEBOOK' || child.modifiedAt > after)
      .map((child) => view(child, mountOf(path)));
    // An empty folder is an empty object, without the list.
    return objects.length > 0 ? { objects } : {};
  });

  router.add('POST', '/api/2.0/workspace/mkdirs', (request) => {
    tree.makeFolders(normalPath(request.required('path')));
    return {};
  });

  router.add('POST', '/api/2.0/workspace/delete', (request) => {
    tree.remove(normalPath(request.required('path')), request.flag('recursive'));
    return {};
  });
}

interface ImportRequest {
  readonly path: string;
  readonly format: string;
  readonly language: string | undefined;
  readonly overwrite: boolean;
  readonly bytes: Buffer;
}

/** Reads the multipart form, or the JSON body with base64 content of 10 MB at most. */
async function importOf(request: ApiRequest): Promise<ImportRequest> {
  const contentType = String(request.headers['content-type'] ?? '');
  if (!contentType.startsWith('multipart/form-data')) {
    const bytes = Buffer.from(request.text('content') ?? '', 'base64');
    checkSize(bytes, inlineLimitBytes);
    return {
      path: request.required('path'),
      format: request.text('format') ?? 'SOURCE',
      language: request.text('language'),
      overwrite: request.flag('overwrite'),
      bytes,
    };
  }
  const { fields, file } = await readMultipart(contentType, request.body);
  const path = fields.get('path');
  if (!path) throw invalidParameter('Missing required field: path');
  return {
    path,
    format: fields.get('format') ?? 'SOURCE',
    language: fields.get('language'),
    overwrite: fields.get('overwrite') === 'true',
    bytes: file ?? Buffer.from(fields.get('content') ?? ''),
  };
}

function importItems(tree: WorkspaceTree, { path: asked, format, language, overwrite, bytes }: ImportRequest): void {
  const path = normalPath(asked);
  if (format === 'DBC' && overwrite) throw invalidParameter('The overwrite flag is not supported for format DBC');
  const items = readImport(path, format, language, bytes);
  if (items[0]?.content.type === 'DIRECTORY') {
    if (tree.get(path)) throw alreadyExists(`Path (${path}) already exists.`);
    if (tree.get(parentOf(path))?.type !== 'DIRECTORY')
      throw doesNotExist(`The parent folder (${parentOf(path)}) does not exist.`);
    for (const item of items) tree.makeFolders(item.content.type === 'DIRECTORY' ? item.path : parentOf(item.path));
  }
  for (const item of items) if (item.content.type !== 'DIRECTORY') tree.put(item.path, item.content, overwrite);
}

function find(node: WorkspaceNode | undefined, asked: string): WorkspaceNode {
  if (!node) throw doesNotExist(`Path (${asked}) doesn't exist.`);
  return node;
}

/** Paths are answered with the `/Workspace` mount when they were asked so. */
const mountOf = (asked: string) => (/^\/Workspace(\/|$)/.test(asked) ? '/Workspace' : '');

function view(node: WorkspaceNode, mount: string): JsonObject {
  return {
    object_type: node.type,
    path: mount + node.path,
    object_id: int64(node.id),
    resource_id: node.id,
    ...(node.type === 'NOTEBOOK' && { language: node.language }),
    // Dashboards have their times in an API of their own.
    ...(node.type !== 'DIRECTORY' &&
      node.type !== 'DASHBOARD' && { created_at: node.createdAt, modified_at: node.modifiedAt }),
    ...(node.type === 'FILE' && { size: node.bytes.length }),
  };
}
