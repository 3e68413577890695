import { forwardRef, type ReactNode } from 'react';
import { useHost } from '../kit/hubContext';

/** A link to another page of Azure DevOps, which opens in the window of the host. */
export const ExternalLink = forwardRef<HTMLAnchorElement, { readonly url: string; readonly children: ReactNode }>(
  function ExternalLink({ url, children }, ref) {
    const { navigation } = useHost();
    return (
      <a
        ref={ref}
        className="bolt-link hub-link"
        href={url}
        target="_top"
        onClick={(event) => {
          if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
          event.preventDefault();
          navigation.open(url);
        }}
      >
        {children}
      </a>
    );
  },
);
