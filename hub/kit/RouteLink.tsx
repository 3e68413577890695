import type { MouseEvent, ReactNode } from 'react';
import { routeHash, type Route } from '../page/route';
import { useHub } from './hubContext';

export interface RouteLinkProps {
  readonly to: Route;
  readonly className?: string;
  readonly ariaLabel?: string;
  readonly children: ReactNode;
}

/** A link to a screen: it opens here, and with the middle button or Ctrl in a new tab of the browser. */
export function RouteLink({ to, className, ariaLabel, children }: RouteLinkProps) {
  const { host, go } = useHub();
  const onClick = (event: MouseEvent) => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a
      className={`bolt-link hub-link ${className ?? ''}`}
      href={host.navigation.pageUrl(routeHash(to))}
      target="_top"
      aria-label={ariaLabel}
      onClick={onClick}
    >
      {children}
    </a>
  );
}
