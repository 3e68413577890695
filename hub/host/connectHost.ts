import * as sdk from 'azure-devops-extension-sdk';
import { withDeadline } from './deadline';
import { extensionDocuments } from './extensionDocuments';
import type { Host, Navigation } from './host';
import { restClient } from './restClient';
import {
  serviceIds,
  type ExtensionDataService,
  type GlobalMessagesService,
  type HostNavigationService,
  type LocationService,
} from './services';

const toastDurationMs = 8000;

/** Connects the page with the host around it. The host goes on showing that it loads until `notifyLoaded` is called. */
export async function connectHost(): Promise<Host> {
  await withDeadline(sdk.init({ loaded: false, applyTheme: true }));
  const extensionId = sdk.getExtensionContext().id;
  const user = sdk.getUser();
  const project = sdk.getWebContext().project;
  const service = <T extends object>(id: string) => withDeadline(sdk.getService<T>(id));
  const [data, navigation, messages, organizationUrl] = await Promise.all([
    service<ExtensionDataService>(serviceIds.extensionData),
    service<HostNavigationService>(serviceIds.navigation),
    service<GlobalMessagesService>(serviceIds.messages),
    service<LocationService>(serviceIds.location).then((location) => withDeadline(location.getServiceLocation())),
  ]);
  const [manager, hash] = await Promise.all([
    withDeadline(sdk.getAccessToken().then((token) => data.getExtensionDataManager(extensionId, token))),
    withDeadline(navigation.getHash()),
  ]);
  const rest = restClient(organizationUrl, () => sdk.getAccessToken());
  const hub = `${rest.organizationUrl}/${encodeURIComponent(project.name)}/_apps/hub/${sdk.getContributionId()}`;
  return {
    project: { id: project.id, name: project.name },
    user: { id: user.id, name: user.displayName },
    extensionId,
    configuration: sdk.getConfiguration(),
    documents: extensionDocuments(manager),
    navigation: await navigationOf(navigation, hash, hub),
    rest,
    toast(message, action) {
      void messages.addToast({
        message,
        duration: toastDurationMs,
        forceOverrideExisting: true,
        ...(action && { callToAction: action.text, onCallToActionClick: action.onAction }),
      });
    },
    now: () => new Date(),
  };
}

/** Tells the host that the page has something to show. */
export function notifyLoaded(): void {
  void sdk.notifyLoadSucceeded();
}

/** Tells the host that the page cannot be shown. */
export function notifyFailed(message: string): void {
  void sdk.notifyLoadFailed(message);
}

async function navigationOf(service: HostNavigationService, hash: string, hub: string): Promise<Navigation> {
  let current = withoutSign(hash);
  const listeners = new Set<(hash: string) => void>();
  const navigation: Navigation = {
    get hash() {
      return current;
    },
    setHash(next) {
      current = next;
      void service.setHash(next);
    },
    replaceHash(next) {
      current = next;
      void service.replaceHash(next);
    },
    onHashChanged(callback) {
      listeners.add(callback);
      return () => listeners.delete(callback);
    },
    setTitle: (title) => void service.setDocumentTitle(title),
    pageUrl: (next) => `${hub}${next === '' ? '' : `#${next}`}`,
    open(url, { newTab = false } = {}) {
      if (newTab) void service.openNewWindow(url, '');
      else void service.navigate(url);
    },
  };
  // The host can call back for the changes that the page made itself.
  await service.onHashChanged((next) => {
    const changed = withoutSign(next);
    if (changed === current) return;
    current = changed;
    for (const listener of listeners) listener(changed);
  });
  return navigation;
}

function withoutSign(hash: string): string {
  return hash.replace(/^#/, '');
}
