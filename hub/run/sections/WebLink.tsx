import type { ReactNode } from 'react';
import { runMessages } from '../messages';
import { httpUrl } from '../records/httpUrl';

/** A link to a page outside of Azure DevOps, in a new tab; the text alone when a recorded address is not one of the web. */
export function WebLink({ url, children }: { readonly url: string | undefined; readonly children?: ReactNode }) {
  const address = httpUrl(url);
  const content = children ?? url;
  if (address === undefined) return <>{content}</>;
  return (
    <a className="bolt-link hub-link" href={address} target="_blank" rel="noopener noreferrer">
      {content}
      <span className="hub-screen-reader"> ({runMessages.opensInNewTab})</span>
    </a>
  );
}
