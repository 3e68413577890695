import { createContext, useContext } from 'react';
import type { ModelRegistry, RegistryContents } from '../../shared/variables/registry/modelRegistry';
import type { RegistryModel, RepositoryLink } from '../../shared/variables/registry/revision';
import type { Host } from '../host/host';
import type { LinkedText } from '../repository/git/linkedText';
import type { FileComparisons } from '../repository/state/compareFiles';
import type { OpenedPullRequest } from '../repository/git/openPullRequest';
import type { Route } from '../page/route';
import type { Failure } from './useLoaded';

/** What every screen of the Models page can use. */
export interface Hub {
  readonly host: Host;
  readonly registry: ModelRegistry;
  /** All models, the base variables, the schema and the settings, as they were last read. */
  readonly contents: RegistryContents;
  readonly route: Route;
  /** Why nothing can be saved, as a sentence, since Azure DevOps refused a save; undefined where it has not. */
  readonly refusal: Refusal | undefined;
  /** Why the contents are older than the last request: every screen says so. */
  readonly failure: Failure | undefined;
  /** Reads the contents again, and shows the new ones. It never rejects: `failure` has the error. */
  readonly reload: () => Promise<void>;
  /** As `openPullRequest` in `hub/repository/git`, in a part of the page that is loaded then. @throws ExplainedError, RestError */
  readonly openPullRequest: (model: RegistryModel, text: string, comment: string) => Promise<OpenedPullRequest>;
  /** As `readLinkedText` in `hub/repository/git`. @throws ExplainedError, RestError */
  readonly readLinkedText: (link: RepositoryLink) => Promise<LinkedText>;
  /** As `compareFiles` in `hub/repository/state`. It rejects where the part of the page cannot be loaded. */
  readonly compareFiles: (
    models: readonly RegistryModel[],
    onFound: (comparisons: FileComparisons) => void,
    signal: AbortSignal,
  ) => Promise<void>;
  /** Opens a route; `replace` leaves no entry in the history of the browser. */
  readonly go: (route: Route, options?: { readonly replace?: boolean }) => void;
}

/** The save that Azure DevOps refused. */
export interface Refusal {
  /** As a sentence for people. */
  readonly reason: string;
  /** What Azure DevOps said. */
  readonly detail: string;
  /** Lets people edit and save again, such as after they got the permission. */
  readonly lift: () => void;
}

/** The host alone, for pages without models. */
export const HostContext = createContext<Host | undefined>(undefined);

export const HubContext = createContext<Hub | undefined>(undefined);

/** The host. */
export function useHost(): Host {
  return provided(useContext(HostContext));
}

/** The Models page. */
export function useHub(): Hub {
  return provided(useContext(HubContext));
}

/** What a context provides, for components that are only rendered inside of it. */
export function provided<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The component is rendered outside of its context.');
  return value;
}
