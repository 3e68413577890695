import { randomUUID } from 'node:crypto';
import {
  calculateJwkThumbprint,
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  type GenerateKeyPairResult,
  type JWK,
  SignJWT,
} from 'jose';
import type { StartedJob } from './startedJob';

/** The audience of every token, whoever it is for. */
const audience = 'api://AzureADTokenExchange';
/** For how long before its issue a token counts. */
const earlierSeconds = 600;

/** Claims and the predefined variables that they are taken from (stackitcloud/terraform-provider-stackit issue 1321). */
const variableOfClaim = {
  org_id: 'System.CollectionId',
  prj_id: 'System.TeamProjectId',
  def_id: 'System.DefinitionId',
  rpo_id: 'Build.Repository.ID',
  rpo_uri: 'Build.Repository.Uri',
  rpo_ver: 'Build.SourceVersion',
  rpo_ref: 'Build.SourceBranch',
  run_id: 'Build.BuildId',
};

export interface JobTokenOptions {
  readonly organization: string;
  readonly clock: { now(): number };
  /** 600 for a pipeline and 300 for a service connection without it, as with Azure DevOps. */
  readonly tokenSeconds: number | undefined;
  /** New ones without it. */
  readonly keys: GenerateKeyPairResult | undefined;
}

/** Signs what a job may show to others, with a key of its own. */
export class JobTokens {
  private constructor(
    private readonly options: JobTokenOptions,
    private readonly privateKey: CryptoKey,
    /** As it is published. */
    readonly publicKey: JWK & { readonly kid: string },
  ) {}

  static async create(options: JobTokenOptions): Promise<JobTokens> {
    const { privateKey, publicKey } = options.keys ?? (await generateKeyPair('RS256'));
    const jwk = await exportJWK(publicKey);
    const kid = await calculateJwkThumbprint(jwk);
    return new JobTokens(options, privateKey, { ...jwk, use: 'sig', alg: 'RS256', kid });
  }

  /** For the pipeline of the job; it alone is described by further claims. */
  ofPipeline(issuer: string, { variables }: StartedJob): Promise<string> {
    const claims = Object.entries(variableOfClaim).map(([claim, name]) => [claim, variables.get(name) ?? '']);
    const subject = `p://${this.options.organization}/${projectOf(variables)}/${variables.get('Build.DefinitionName') ?? ''}`;
    return this.#sign(issuer, subject, 600, Object.fromEntries(claims) as Record<string, string>);
  }

  /** For a service connection that the job uses. */
  ofConnection(issuer: string, { variables }: StartedJob, name: string): Promise<string> {
    return this.#sign(issuer, connectionSubject(this.options.organization, projectOf(variables), name), 300);
  }

  #sign(
    issuer: string,
    subject: string,
    lifeSeconds: number,
    claims: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const { clock, tokenSeconds = lifeSeconds } = this.options;
    const issuedAt = Math.floor(clock.now() / 1000);
    return new SignJWT({ jti: randomUUID(), ...claims })
      .setProtectedHeader({ typ: 'JWT', alg: 'RS256', kid: this.publicKey.kid, x5t: this.publicKey.kid })
      .setSubject(subject)
      .setAudience(audience)
      .setIssuer(issuer)
      .setNotBefore(issuedAt - earlierSeconds)
      .setExpirationTime(issuedAt + tokenSeconds)
      .setIssuedAt(issuedAt)
      .sign(this.privateKey);
  }
}

export const connectionSubject = (organization: string, project: string, connection: string) =>
  `sc://${organization}/${project}/${connection}`;

const projectOf = (variables: StartedJob['variables']) => variables.get('System.TeamProject') ?? '';
