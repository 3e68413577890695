import type { IncomingHttpHeaders } from 'node:http';
import { errors, type JWTPayload } from 'jose';
import type { ApiError } from '../apiError';
import { refusedLogin } from '../apiError';
import type { SandboxClock } from '../../clock';
import { RawAnswer, type Router } from '../router';
import type { EntraTrust, IdentityOptions } from './identityOptions';
import type { JwtVerifier } from './jwtVerifier';

/** The application of Azure Databricks at Entra, the same in all clouds. */
const databricksApplication = '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d';

/** Service management of the three clouds (`azureEnvironments` of the SDKs). */
const managementAudiences = [
  'https://management.core.windows.net',
  'https://management.core.usgovcloudapi.net',
  'https://management.core.chinacloudapi.cn',
].flatMap((audience) => [audience, `${audience}/`]);

/** Databricks refuses tokens with less life (databricks-vscode issue 583). */
const leastSecondsLeft = 30;
/** Tokens of such a short life are made for tests; with the rule above they would never be accepted. */
const shortLifeSeconds = 120;

/** Access tokens of Microsoft Entra ID ("Get Microsoft Entra ID tokens for service principals"). */
export class EntraTokens {
  constructor(
    private readonly trust: EntraTrust,
    private readonly options: Pick<IdentityOptions, 'azureResourceId' | 'azureContributors'>,
    private readonly verifier: JwtVerifier,
    private readonly clock: SandboxClock,
  ) {}

  /** The user name of the person, or the application id of the service principal. @throws ApiError */
  async nameOf(token: string): Promise<string> {
    const claims = await this.#verify(token, [databricksApplication]);
    const { exp = 0, iat = 0 } = claims;
    if (exp - iat >= shortLifeSeconds && exp - this.clock.now() / 1000 <= leastSecondsLeft)
      throw refusedLogin(403, `Token is expiring within ${leastSecondsLeft} seconds. (token expired)`);
    return String(claims.upn ?? claims.unique_name ?? claims.appid);
  }

  /**
   * Whether the headers prove that a service principal has rights on the Azure resource of the workspace, by which
   * it comes into the workspace. @throws ApiError for a management token that is not valid
   */
  async isContributor(name: string, headers: IncomingHttpHeaders): Promise<boolean> {
    const token = headers['x-databricks-azure-sp-management-token'];
    const resource = headers['x-databricks-azure-workspace-resource-id'];
    if (typeof token !== 'string' || typeof resource !== 'string') return false;
    const { appid } = await this.#verify(token, managementAudiences);
    const { azureResourceId, azureContributors = [] } = this.options;
    const isThisWorkspace = resource.toLowerCase() === azureResourceId?.toLowerCase();
    if (appid !== name || !isThisWorkspace || !azureContributors.includes(name))
      throw refusedLogin(403, 'User not authorized.');
    return true;
  }

  async #verify(token: string, audiences: readonly string[]): Promise<JWTPayload> {
    try {
      return await this.verifier.verify(token, this.trust, audiences);
    } catch (error) {
      throw this.#refusal(error, audiences);
    }
  }

  /** README.md says where the texts are from. */
  #refusal(error: unknown, [audience = '']: readonly string[]): ApiError {
    if (error instanceof errors.JWTExpired) return refusedLogin(401, 'Token is expired');
    if (error instanceof errors.JWTClaimValidationFailed && ['iss', 'aud'].includes(error.claim)) {
      const expected = error.claim === 'iss' ? this.trust.issuer : audience;
      const actual = String(error.payload[error.claim]);
      return refusedLogin(
        400,
        `io.jsonwebtoken.IncorrectClaimException: Expected ${error.claim} claim to be: ${expected}, but was: ${actual}.`,
      );
    }
    return refusedLogin(403, 'Invalid access token.');
  }
}

/** Clients find the tenant of a workspace by where it sends people to sign in (`azureTenantId` of the SDKs). */
export function addEntraRoutes(
  router: Router,
  { issuer, jwksUri, authority = new URL(jwksUri).origin }: EntraTrust,
): void {
  const [, tenant = ''] = new URL(issuer).pathname.split('/');
  const location = `${authority}/${tenant}/oauth2/authorize?client_id=${databricksApplication}&response_type=code`;
  router.addPublic('GET', '/aad/auth', () => new RawAnswer(Buffer.alloc(0), { status: 302, headers: { location } }));
}
