import type { MouseEvent, ReactNode } from 'react';
import { useHost } from '../../kit/hubContext';
import type { Route } from '../../page/route';
import { hubUrl } from '../arrange/hubLinks';

/** A link to a screen of the Models hub, in the window of the page around the tab. */
export function HubLink({ to, children }: { readonly to: Route; readonly children: ReactNode }) {
  const host = useHost();
  const url = hubUrl(host, to);
  const onClick = (event: MouseEvent) => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    // The frame may not change the address of the page around it.
    event.preventDefault();
    host.navigation.open(url);
  };
  return (
    <a className="bolt-link hub-link" href={url} target="_top" onClick={onClick}>
      {children}
    </a>
  );
}
