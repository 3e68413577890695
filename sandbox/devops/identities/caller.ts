import type { Identity } from './identity';
import type { Security } from './security';

/** What a token is good for. */
export interface Credential {
  readonly identity: Identity;
  readonly kind: 'personal' | 'entra' | 'job';
  /** Names of scopes, such as `vso.code_manage`; undefined for all of them. */
  readonly scopes: readonly string[] | undefined;
  /** Ids of the only repositories that a job may use ("Protect access to repositories in YAML pipelines"). */
  readonly repositories: ReadonlySet<string> | undefined;
}

/** Who sent a request, with what rights. */
export class Caller {
  constructor(
    private readonly security: Security,
    readonly credential: Credential,
  ) {}

  get identity(): Identity {
    return this.credential.identity;
  }

  /** Whether it has all bits of a permission at a token of a namespace, by the lists of its groups too. */
  may(namespaceId: string, token: string, bits: number): boolean {
    return this.security.allows(this.identity, namespaceId, token, bits);
  }

  /** Whether the token of a job is good for a repository; any other token is. */
  reaches(repositoryId: string): boolean {
    const { repositories } = this.credential;
    return repositories === undefined || repositories.has(repositoryId.toLowerCase());
  }

  /** Whether the token has a scope, or one that includes it. */
  hasScope(scope: string): boolean {
    const { scopes } = this.credential;
    return scopes === undefined || scopes.some((given) => includesScope(given, scope));
  }
}

/** From the weakest to the strongest, as the reference of scopes orders them. */
const strengths = ['', 'execute', 'write', 'manage', 'full'];

/** https://learn.microsoft.com/azure/devops/integrate/get-started/authentication/oauth#scopes */
function includesScope(given: string, needed: string): boolean {
  if (given === needed) return true;
  const [has, needs] = [readScope(given), readScope(needed)];
  return has.area === needs.area && has.strength >= needs.strength;
}

function readScope(scope: string): { readonly area: string; readonly strength: number } {
  const [, area = scope, verb = ''] = /^(.+?)(?:_(execute|write|manage|full))?$/.exec(scope) ?? [];
  return { area, strength: strengths.indexOf(verb) };
}
