import type { DocumentStore } from '../../shared/variables/registry/documentStore';

/** The page of Azure DevOps around this one, and the services of the organization. Screens know nothing else of it. */
export interface Host {
  readonly project: Named;
  /** The person who is signed in. */
  readonly user: Named;
  /** `publisher.extension`. */
  readonly extensionId: string;
  /** What the host passes to the page when it opens; on a run, the functions that tell which run it is. */
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly documents: DocumentStore;
  readonly navigation: Navigation;
  readonly rest: RestClient;
  /** Shows a message at the lower edge of the window for some seconds, with at most one action. */
  toast(message: string, action?: ToastAction): void;
  now(): Date;
}

export interface Named {
  readonly id: string;
  readonly name: string;
}

export interface ToastAction {
  readonly text: string;
  readonly onAction: () => void;
}

export interface Navigation {
  /** The part of the host's address after `#`, as it was when the page opened or when it last changed. */
  readonly hash: string;
  /** Adds an entry to the history of the browser. */
  setHash(hash: string): void;
  /** Replaces the current entry of the history. */
  replaceHash(hash: string): void;
  /** Calls back when the host's hash changes for another reason than the two functions above. Returns how to stop. */
  onHashChanged(callback: (hash: string) => void): () => void;
  setTitle(title: string): void;
  /** The address of this page in the host, for links that are opened in another tab. */
  pageUrl(hash: string): string;
  /** Opens an address of Azure DevOps in the window of the host, or in a new tab. */
  open(url: string, options?: { readonly newTab?: boolean }): void;
}

export interface RestRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** A path of the organization, such as `/{project}/_apis/git/repositories?api-version=7.1`, or a whole address. */
  readonly url: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly contentType?: string;
  /** The type of content that is asked for; JSON by default. */
  readonly accept?: string;
  readonly signal?: AbortSignal;
}

export interface RestClient {
  /** The address of the organization, without a slash at its end. */
  readonly organizationUrl: string;
  /**
   * The answer as JSON; undefined where there is no content.
   * @throws RestError
   */
  json(request: RestRequest): Promise<unknown>;
  /**
   * The answer as text, byte for byte as UTF-8.
   * @throws RestError
   */
  text(request: RestRequest): Promise<string>;
  /**
   * The bytes of a file, with its byte order mark and whatever is not UTF-8.
   * @throws RestError
   */
  bytes(request: RestRequest): Promise<Uint8Array>;
}

/** A request to Azure DevOps that failed. */
export class RestError extends Error {
  override readonly name = 'RestError';

  constructor(
    message: string,
    /** The HTTP status; undefined where there was no answer. */
    readonly status: number | undefined,
    /** The kind that Azure DevOps gives the error, such as `GitItemNotFoundException`. */
    readonly typeKey?: string,
  ) {
    super(message);
  }
}
