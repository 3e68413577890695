import { Hooks } from './hooks';
import { Directory } from './identities/directory';
import { Identities } from './identities/identities';
import { Security } from './identities/security';
import { Tokens } from './identities/tokens';
import { type ContextOptions, OrganizationContext } from './organizationContext';
import { Operations } from './projects/operations';
import { Projects } from './projects/projects';
import { Teams } from './projects/teams';

/** Everything that the organisation knows. */
export class OrganizationState extends OrganizationContext {
  readonly hooks = new Hooks();
  /** Users and groups of Entra. */
  readonly directory = new Directory();
  readonly identities: Identities;
  readonly security: Security;
  readonly tokens: Tokens;
  readonly operations: Operations;
  readonly teams: Teams;
  readonly projects: Projects;
  readonly #stores = new Map<unknown, unknown>();

  constructor(options: ContextOptions) {
    super(options);
    this.identities = new Identities(this);
    this.security = new Security(this.identities);
    this.tokens = new Tokens(this.clock);
    this.operations = new Operations(this);
    this.teams = new Teams(this, this.identities, this.security);
    this.projects = new Projects(this, this);
  }

  /** The store of an area, made when it is first asked for: `state.of(Repositories)`. */
  of<T>(Store: new (state: OrganizationState) => T): T {
    const found = this.#stores.get(Store);
    // The map holds for each class only what that class made.
    if (found !== undefined) return found as T;
    const store = new Store(this);
    this.#stores.set(Store, store);
    return store;
  }
}
