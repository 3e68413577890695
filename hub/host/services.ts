/** The services of the host that the page calls; types after azure-devops-extension-api, which does not accept this SDK. */
export const serviceIds = {
  extensionData: 'ms.vss-features.extension-data-service',
  navigation: 'ms.vss-features.host-navigation-service',
  messages: 'ms.vss-tfs-web.tfs-global-messages-service',
  location: 'ms.vss-features.location-service',
} as const;

export interface ExtensionDataService {
  getExtensionDataManager(extensionId: string, accessToken: string): Promise<ExtensionDataManager>;
}

export interface ExtensionDataManager {
  getDocuments(collection: string): Promise<unknown>;
  getDocument(collection: string, id: string): Promise<unknown>;
  createDocument(collection: string, document: object): Promise<unknown>;
  updateDocument(collection: string, document: object): Promise<unknown>;
}

export interface HostNavigationService {
  getHash(): Promise<string>;
  setHash(hash: string): Promise<void> | void;
  replaceHash(hash: string): Promise<void> | void;
  onHashChanged(callback: (hash: string) => void): Promise<void> | void;
  setDocumentTitle(title: string): Promise<void> | void;
  navigate(url: string): Promise<void> | void;
  openNewWindow(url: string, features: string): Promise<void> | void;
}

export interface GlobalMessagesService {
  addToast(toast: {
    readonly message: string;
    readonly duration: number;
    readonly callToAction?: string;
    readonly onCallToActionClick?: () => void;
    /** Whether the toast replaces the one that is shown. */
    readonly forceOverrideExisting?: boolean;
  }): Promise<void> | void;
}

export interface LocationService {
  getServiceLocation(): Promise<string>;
}
