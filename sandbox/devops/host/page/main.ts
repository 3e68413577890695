import { applyTheme, linkTo, readQuery, showChrome } from './chrome';
import { element, elementOf } from './element';
import { addFrame, showState } from './frame';
import { type Exposed, FrameChannel } from './frameChannel';
import { hostControl } from './hostControl';
import { Log } from './log';
import { showRuns } from './runsPage';
import { extensionDataService } from './services/extensionData';
import { globalMessagesService, Toasts } from './services/globalMessages';
import { locationService } from './services/locations';
import { navigationService } from './services/navigation';
import { pageLayoutService } from './services/pageLayout';
import { type Build, buildPageDataService, readBuild, runConfiguration } from './services/runPage';
import type { HostSession } from '../session';
import { CallFaults, type TestHandles, testHandles } from './testHandles';
import type { ThemeName } from './themes';

declare global {
  interface Window {
    /** Of the page around an extension, for tests. */
    host?: TestHandles;
  }
}

async function main(): Promise<void> {
  const query = readQuery(location.search);
  applyTheme(query.theme);
  if (query.hash !== undefined) history.replaceState(null, '', `${withoutHash()}#${query.hash}`);
  const session = await openSession(query.user);
  showChrome(session, query.page);
  if (query.page === 'runs') {
    await showRuns(session);
    showState('');
    return;
  }
  const build = query.page === 'run' ? await showRun(session, query.build) : undefined;
  hostExtension(session, query.page, build, query.theme);
}

/** The query says `hash` once, for the start; from then on the hash is where it belongs. */
function withoutHash(): string {
  const query = new URLSearchParams(location.search);
  query.delete('hash');
  return `${location.pathname}?${query.toString()}`;
}

async function openSession(user: string | undefined): Promise<HostSession> {
  const response = await fetch(user === undefined ? 'session' : `session?user=${encodeURIComponent(user)}`);
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as HostSession;
}

/** The head of a page of a run, with the tab of the extension. */
async function showRun(session: HostSession, id = ''): Promise<Build> {
  const build = await readBuild(session, id);
  const definition = build['definition'] as { readonly name: string };
  const tab = element('a', { href: linkTo({ page: 'run', build: id }), 'aria-current': 'page' }, 'Model');
  elementOf('run', 'div').append(
    element('h1', {}, `#${String(build['buildNumber'])} ${definition.name}`),
    element('nav', { 'aria-label': 'Run' }, tab),
  );
  return build;
}

function hostExtension(session: HostSession, name: 'models' | 'run', build: Build | undefined, theme: ThemeName): void {
  const page = session.pages[name];
  const [log, faults, toasts, foreignOrigins] = [new Log(), new CallFaults(), new Toasts(), new Array<string>()];
  let shownTheme = theme;
  const { frame, frameWindow } = addFrame(name === 'models' ? 'Models' : 'Model', page.url);
  const onLoaded = (failure: string | undefined) => showState(failure ?? '', failure !== undefined);
  const services: Readonly<Record<string, Exposed>> = {
    'ms.vss-features.extension-data-service': extensionDataService(session.extensionsUrl),
    'ms.vss-features.host-navigation-service': navigationService({
      log,
      contributionId: page.contributionId,
      project: session.project.name,
      pageFor: (url) => pageFor(session, url),
    }),
    'ms.vss-features.host-page-layout-service': pageLayoutService(),
    'ms.vss-features.location-service': locationService(session),
    'ms.vss-tfs-web.tfs-global-messages-service': globalMessagesService(log, toasts),
    'ms.vss-tfs-web.tfs-page-data-service': { getProject: () => session.project },
    ...(build && { 'ms.vss-build-web.build-page-data-service': buildPageDataService(build) }),
  };
  const configuration = build && runConfiguration(build);
  const channel = new FrameChannel({
    frame: frameWindow,
    origin: new URL(page.url).origin,
    objects: {
      'DevOps.HostControl': hostControl({
        session,
        page,
        theme: () => shownTheme,
        configuration,
        log,
        onLoaded,
        frame,
      }),
      'DevOps.ServiceManager': { getService: (id) => serviceOf(services, String(id)) },
    },
    before: (method) => faults.before(method),
    onForeign: (origin) => void foreignOrigins.push(origin),
  });
  const changeTheme = (to: ThemeName) => {
    shownTheme = to;
    applyTheme(to);
  };
  window.host = testHandles({ log, toasts, faults, channel, foreignOrigins, applyTheme: changeTheme });
  addEventListener('themeasked', () => void window.host?.setTheme(shownTheme === 'light' ? 'dark' : 'light'));
}

/** @throws Error when the page has no such service */
function serviceOf(services: Readonly<Record<string, Exposed>>, id: string): Exposed {
  const found = services[id];
  if (!found) throw new Error(`Failed to create service for contribution: ${id}`);
  return found;
}

/** The pages of the stand-in for those of the product: its own, that of the extension, and that of a run. */
function pageFor({ organization, pages }: HostSession, url: string): string | undefined {
  const { href, origin, pathname, searchParams, hash } = new URL(url, location.href);
  if (origin === location.origin) return href;
  if (!href.startsWith(organization.url)) return undefined;
  if (pathname.endsWith(`/_apps/hub/${pages.models.contributionId}`)) return `${linkTo({ page: 'models' })}${hash}`;
  const build = searchParams.get('buildId');
  return pathname.toLowerCase().endsWith('/_build/results') && build !== null
    ? linkTo({ page: 'run', build })
    : undefined;
}

main().catch((error: unknown) => showState(error instanceof Error ? error.message : String(error), true));
