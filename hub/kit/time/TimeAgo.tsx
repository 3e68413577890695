import { useHost } from '../hubContext';
import { exactTime, timeAgo } from './timeText';

/** A time as people say it, such as `3 hours ago`; the tip of the browser has the exact one. */
export function TimeAgo({ at }: { readonly at: string }) {
  const host = useHost();
  return (
    <time dateTime={at} title={exactTime(at)}>
      {timeAgo(at, host.now())}
    </time>
  );
}
