import * as sdk from 'azure-devops-extension-sdk';

/** The real SDK, for tests that call it from outside. */
declare global {
  interface Window {
    sdk: typeof sdk;
  }
}

window.sdk = sdk;
await sdk.init({ loaded: false, applyTheme: true });
await sdk.notifyLoadSucceeded();
