/** A person who can sign in to the page. */
export interface HostPerson {
  /** The address that the person signs in with. */
  readonly name: string;
  readonly displayName: string;
}

/** A page of the extension that the page can show. */
export interface HostedPage {
  readonly url: string;
  /** Such as `contoso.models.models-hub`. */
  readonly contributionId: string;
}

/** What the page knows of the organization, and of who is signed in, before it loads the extension. */
export interface HostSession {
  readonly organization: { readonly id: string; readonly name: string; readonly url: string };
  /** Of the host for the management of extensions; ends with a slash. */
  readonly extensionsUrl: string;
  readonly project: { readonly id: string; readonly name: string };
  readonly team: { readonly id: string; readonly name: string };
  readonly user: HostPerson & { readonly id: string; readonly descriptor: string };
  readonly people: readonly HostPerson[];
  readonly extension: {
    readonly id: string;
    readonly publisherId: string;
    readonly extensionId: string;
    readonly version: string;
  };
  readonly pages: { readonly models: HostedPage; readonly run: HostedPage };
  /** Of the person, with all scopes: for the requests of the page itself. The extension never gets it. */
  readonly pageToken: string;
}
