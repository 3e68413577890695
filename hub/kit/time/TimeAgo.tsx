import { Tooltip } from 'azure-devops-ui/TooltipEx';
import { useHost } from '../hubContext';
import { exactTime, timeAgo } from './timeText';

/** A time as people say it, such as `3 hours ago`; the tooltip has the exact one. */
export function TimeAgo({ at }: { readonly at: string }) {
  const host = useHost();
  const exact = exactTime(at);
  return (
    <Tooltip text={exact}>
      <time dateTime={at}>{timeAgo(at, host.now())}</time>
    </Tooltip>
  );
}
