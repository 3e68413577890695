import * as shape from '../../http/shape';
import type { Json, JsonMap } from '../../json';
import type { DevopsHttp, DevopsRequest } from './devopsHttp';

/** An extension, by the names that make up its identifier `publisher.name`. */
export interface ExtensionName {
  readonly publisherName: string;
  readonly extensionName: string;
}

/** A document of an extension: its id, the number of its last write, and its own fields as they are stored. */
export interface ExtensionDocument {
  readonly id: string;
  readonly __etag: number;
  readonly [field: string]: Json | undefined;
}

/** A document as it is written; `__etag` is that of the document that it replaces. */
export interface WrittenDocument extends JsonMap {
  readonly id: string;
}

/**
 * The data of an installed extension that are shared by the whole organization (the scope `Default`, `Current`): documents in
 * collections. Every method throws what `DevopsHttp` throws; `isRefusedAs` tells the refusals apart. A write
 * whose answer is lost is repeated: where it had taken effect, that is refused as `documentExists` or `documentStale`, and the
 * caller compares what is there with what it wrote.
 * Sources: https://learn.microsoft.com/azure/devops/extend/develop/data-storage; the routes are those of
 * azure-devops-node-api (`ExtensionManagementApi`).
 */
export class ExtensionDataApi {
  constructor(private readonly http: DevopsHttp) {}

  /** 404 until the first document of the collection was created. */
  documents(extension: ExtensionName, collectionName: string): Promise<readonly ExtensionDocument[]> {
    const purpose = `list the documents of the collection '${collectionName}'`;
    return this.http.list({ method: 'GET', purpose, ...at(extension, collectionName) }, document);
  }

  /** 404 for a collection or a document that does not exist. */
  document(extension: ExtensionName, collectionName: string, documentId: string): Promise<ExtensionDocument> {
    const purpose = `read the document '${documentId}' of the collection '${collectionName}'`;
    return this.http.json({ method: 'GET', purpose, ...at(extension, collectionName, documentId) }, document);
  }

  /** 400 when there is a document of that id. */
  create(extension: ExtensionName, collectionName: string, json: WrittenDocument): Promise<ExtensionDocument> {
    const purpose = `create the document '${json.id}' in the collection '${collectionName}'`;
    return this.http.json(
      { method: 'POST', purpose, json, repeatable: true, ...at(extension, collectionName) },
      document,
    );
  }

  /** Replaces the document with the same `__etag`; 400 when another one was written since. */
  replace(
    extension: ExtensionName,
    collectionName: string,
    json: WrittenDocument & { readonly __etag: number },
  ): Promise<ExtensionDocument> {
    const purpose = `replace the document '${json.id}' of the collection '${collectionName}'`;
    return this.http.json(
      { method: 'PUT', purpose, json, repeatable: true, ...at(extension, collectionName) },
      document,
    );
  }
}

function at(
  { publisherName, extensionName }: ExtensionName,
  collectionName: string,
  documentId?: string,
): Pick<DevopsRequest, 'route' | 'parameters'> {
  const scope = { scopeType: 'Default', scopeValue: 'Current' };
  return {
    route: 'extensionDocuments',
    parameters: { publisherName, extensionName, ...scope, collectionName, documentId },
  };
}

const document: shape.Shape<ExtensionDocument> = shape.object({ id: shape.nonEmptyText, __etag: shape.number });
