import type { Exposed } from './frameChannel';
import type { Log } from './log';
import type { HostedPage, HostSession } from '../session';
import { type ThemeName, themes } from './themes';

export interface HostControlOptions {
  readonly session: HostSession;
  readonly page: HostedPage;
  readonly theme: () => ThemeName;
  readonly configuration: Exposed | undefined;
  readonly log: Log;
  /** The extension is ready, or says why it is not. */
  readonly onLoaded: (failure: string | undefined) => void;
  readonly frame: HTMLIFrameElement;
}

/** `DevOps.HostControl`: the first thing that an extension speaks to. */
export function hostControl({
  session,
  page,
  theme,
  configuration,
  log,
  onLoaded,
  frame,
}: HostControlOptions): Exposed {
  return {
    initialHandshake: (options) => {
      log.add(`initialHandshake sdk ${String((options as { readonly sdkVersion?: number }).sdkVersion)}`);
      return {
        contributionId: page.contributionId,
        initialConfig: configuration ?? {},
        themeData: themes[theme()],
        context: contextOf(session),
      };
    },
    notifyLoadSucceeded: () => {
      log.add('notifyLoadSucceeded');
      onLoaded(undefined);
    },
    notifyLoadFailed: (error) => {
      const message = textOf(error);
      log.add(`notifyLoadFailed ${message}`);
      onLoaded(message);
    },
    getAccessToken: () => issueToken(session),
    getAppToken: () => issueToken(session),
    resize: (_width, height) => {
      if (typeof height === 'number') frame.style.minHeight = `${height}px`;
    },
  };
}

function textOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message);
  return typeof error === 'string' ? error : 'The extension failed to load.';
}

/** A token with the scopes of the extension, for the person who is signed in. */
async function issueToken({ user }: HostSession): Promise<unknown> {
  const response = await fetch(`token?user=${encodeURIComponent(user.name)}`, { method: 'POST' });
  if (!response.ok) throw new Error(`No token was issued: ${response.status}.`);
  return response.json();
}

function contextOf({ extension, user, organization, project, team }: HostSession): object {
  return {
    extension,
    user: { ...user, imageUrl: '' },
    host: { id: organization.id, name: organization.name, serviceVersion: 'Dev20.M263.2', type: 4, isHosted: true },
    pageContext: {
      globalization: { culture: 'en-US', theme: 'Default', timeZoneId: 'UTC' },
      hostId: organization.id,
      webContext: { project, team, collection: { id: organization.id, name: organization.name } },
    },
  };
}
