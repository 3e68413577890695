import assert from 'node:assert/strict';
import { type Azure, type AzureOptions, startAzure } from '../../../sandbox/azure/azure';
import { type Entra, startEntra } from '../../../sandbox/entra/entra';

export const clientId = 'c11e4711-0000-4000-8000-000000000001';
export const objectId = 'c11e4711-0000-4000-8000-000000000002';
export const group = '/subscriptions/5b0e7d30-2c7f-4a6e-9b53-0d6f5c3a1e77/resourceGroups/models';

type Json = Readonly<Record<string, unknown>>;

export interface ArmReply {
  readonly status: number;
  readonly headers: Headers;
  readonly json: Json;
}

/** A Resource Manager with one resource group, on a time that only the test moves, and a client that may do all. */
export class ArmClient {
  #time = Date.UTC(2026, 4, 1, 12);
  #azure: Azure | undefined;
  #entra: Entra | undefined;
  readonly #secret = 'a-client-secret';

  get azure(): Azure {
    assert.ok(this.#azure);
    return this.#azure;
  }

  get entra(): Entra {
    assert.ok(this.#entra);
    return this.#entra;
  }

  /** In epoch milliseconds. */
  now(): number {
    return this.#time;
  }

  /** Starts afresh; the directory stays. */
  async start(options: Partial<AzureOptions> = {}): Promise<void> {
    const clock = { now: () => this.#time };
    const application = { clientId, objectId, secrets: [{ value: this.#secret }] };
    const entra = (this.#entra ??= await startEntra({ clock, applications: [application] }));
    await this.#azure?.close();
    this.#azure = await startAzure({
      entra: { issuer: entra.accessTokenIssuer(entra.tenantId), jwksUri: entra.jwksUri },
      resourceGroups: [{ id: group, location: 'westeurope' }],
      clock,
      ...options,
    });
  }

  /** A fresh one. */
  async token(scope = 'https://management.azure.com//.default'): Promise<string> {
    const response = await fetch(`${this.entra.url}/${this.entra.tenantId}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: this.#secret,
        scope,
      }),
    });
    return ((await response.json()) as { readonly access_token: string }).access_token;
  }

  /** Sends a request to a path or a whole URL. */
  async send(method: string, target: string, body?: unknown): Promise<ArmReply> {
    const response = await fetch(target.startsWith('http') ? target : this.azure.url + target, {
      method,
      headers: { authorization: `Bearer ${await this.token()}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, json: JSON.parse(text === '' ? '{}' : text) as Json };
  }

  /** Status, code and message of a refusal. */
  async refusal(...request: Parameters<ArmClient['send']>): Promise<readonly unknown[]> {
    const { status, json } = await this.send(...request);
    const error = (json['error'] ?? json) as Json;
    return [status, error['code'], error['message']];
  }

  /** Lets time pass. */
  pass(seconds: number): void {
    this.#time += seconds * 1000;
  }

  async close(): Promise<void> {
    await this.#azure?.close();
    await this.#entra?.close();
  }
}
