import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { type AllowedActions, mayDo } from '../../allowedActions';
import type { Callers } from '../../callers';
import { Faults } from '../../../http/faults';
import { reportDefect } from '../../../http/fetchJson';
import { type Answer, closeServer, listen, type Received } from '../../../http/httpServer';
import { RequestLog } from '../../../http/requestLog';
import {
  authenticationFailed,
  BlobError,
  blobErrorBody,
  containerNotFound,
  firewalled,
  keysNotPermitted,
  noAuthentication,
  notPermitted,
  serverBusy,
} from './blobError';
import { answerBlob } from './blobRequests';
import { BlobStore } from './blobStore';
import { SharedAccess } from './sharedAccess';

/** Azure Storage listens to tokens for it alone. */
const audiences = ['https://storage.azure.com', 'https://storage.azure.com/'];
const action = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs';

/** The blob service of the storage accounts of workspaces. What is public can be changed at any time. */
export class BlobHost {
  readonly store: BlobStore;
  readonly sharedAccess = new SharedAccess();
  readonly faults = new Faults();
  readonly requests = new RequestLog();
  /** Accounts that let no network in. */
  readonly firewalled = new Set<string>();
  /** Accounts without shared keys: only tokens of Entra and user delegation signatures are good. */
  readonly withoutKeys = new Set<string>();
  /** How many of the next requests find the service busy. */
  busyRequests = 0;
  #server: { readonly server: Server; readonly url: string } | undefined;

  constructor(
    private readonly callers: Callers,
    private readonly allowedActions: AllowedActions,
    /** Of tokens and signatures. */
    private readonly clock: { now(): number },
  ) {
    this.store = new BlobStore(clock);
  }

  async start(): Promise<void> {
    const { faults, requests } = this;
    const answer = (received: Received): Promise<Answer> => this.#answer(received);
    this.#server = await listen({ answer, errorBody: blobErrorBody, faults, requests }, 0);
  }

  /** Where it really is to be reached. */
  get url(): string {
    return this.#server?.url ?? '';
  }

  async close(): Promise<void> {
    if (this.#server) await closeServer(this.#server.server);
  }

  async #answer(received: Received): Promise<Answer> {
    const headers = { 'x-ms-request-id': randomUUID(), 'x-ms-version': '2021-08-06' };
    try {
      const answer = await this.#handle(received);
      return { ...answer, headers: { ...headers, ...answer.headers } };
    } catch (thrown) {
      if (!(thrown instanceof BlobError)) reportDefect(thrown);
      const error = thrown instanceof BlobError ? thrown : new BlobError(500, 'InternalError', String(thrown));
      return {
        status: error.status,
        headers: { ...headers, 'content-type': 'application/xml', ...error.headers, 'x-ms-error-code': error.code },
        body: Buffer.from(received.method === 'HEAD' ? '' : blobErrorBody(error.code, error.message)),
        errorCode: error.code,
      };
    }
  }

  /** @throws BlobError */
  async #handle(received: Received): Promise<Answer> {
    const account = /^([^.]+)\.blob\./.exec(received.headers.host ?? '')?.[1] ?? '';
    const [, containerName = '', ...parts] = received.url.pathname.split('/').map(decodeURIComponent);
    if (this.busyRequests > 0) {
      this.busyRequests -= 1;
      throw serverBusy();
    }
    if (this.firewalled.has(account)) throw firewalled();
    await this.#authorize(received, account, containerName);
    const container = this.store.find(account, containerName);
    if (!container) throw containerNotFound();
    return answerBlob(container, parts.join('/'), received);
  }

  /** @throws BlobError when the caller may not do it */
  async #authorize({ method, url, headers }: Received, account: string, container: string): Promise<void> {
    const token = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
    if (token !== undefined) {
      const caller = await this.callers.callerFor(token, audiences);
      if (!caller || headers['x-ms-version'] === undefined) throw authenticationFailed('');
      if (!mayDo(this.allowedActions, caller.appId, `${action}/${roleWords[method] ?? 'write'}`)) throw notPermitted();
      return;
    }
    const grant = this.sharedAccess.read(url.searchParams, account, container, this.clock.now());
    if (grant === undefined) throw noAuthentication();
    if (grant === 'expired') throw authenticationFailed('Signature not valid in the specified time frame.');
    if (typeof grant === 'string') throw authenticationFailed('Signature did not match.');
    if (this.withoutKeys.has(account) && !grant.isUserDelegation) throw keysNotPermitted();
    const needed = url.searchParams.get('comp') === 'list' ? ['l'] : (letters[method] ?? ['w']);
    if (!needed.some((letter) => grant.permissions.includes(letter))) throw notPermitted();
  }
}

/** One of the letters is enough. */
const letters: Readonly<Record<string, readonly string[]>> = {
  GET: ['r'],
  HEAD: ['r'],
  PUT: ['c', 'w'],
  DELETE: ['d'],
};
const roleWords: Readonly<Record<string, string>> = { GET: 'read', HEAD: 'read', DELETE: 'delete' };
