import type { Exposed } from '../frameChannel';
import type { AnyFunction } from '../wire';
import type { Log } from '../log';

export interface NavigationOptions {
  readonly log: Log;
  /** Of the contributed page. */
  readonly contributionId: string;
  readonly project: string;
  /** The page of the stand-in for a URL of the product; undefined where there is none. */
  readonly pageFor: (url: string) => string | undefined;
}

/** Without `#`. */
export const currentHash = (): string => location.hash.replace(/^#/, '');

/** `ms.vss-features.host-navigation-service`: the URL, the history and the title of the page around the extension. */
export function navigationService({ log, contributionId, project, pageFor }: NavigationOptions): Exposed {
  return {
    getHash: currentHash,
    setHash: (hash) => {
      location.hash = String(hash);
    },
    replaceHash: (hash) => history.replaceState(null, '', `#${String(hash)}`),
    onHashChanged: (callback) => addEventListener('hashchange', () => void (callback as AnyFunction)(currentHash())),
    getQueryParams: () => Object.fromEntries(new URLSearchParams(location.search)),
    getPageRoute: () => ({ id: 'ms.vss-web.extension-hub-route', routeValues: { project, contributionId } }),
    getPageNavigationElements: () => [
      { id: 'ms.vss-build-web.build-release-hub-group', name: 'Pipelines', type: 'ms.vss-web.hub-group' },
      { id: contributionId, name: 'Models', type: 'ms.vss-web.hub' },
    ],
    setDocumentTitle: (title) => {
      document.title = String(title);
    },
    navigate: (url) => {
      log.add(`navigate ${String(url)}`);
      const page = pageFor(String(url));
      if (page !== undefined) location.assign(page);
    },
    openNewWindow: (url, features) => {
      log.add(`openNewWindow ${String(url)}`);
      open(pageFor(String(url)) ?? String(url), '_blank', typeof features === 'string' ? features : '');
    },
    reload: () => location.reload(),
  };
}
