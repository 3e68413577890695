const units = [
  ['year', 365 * 24 * 3600],
  ['month', 30 * 24 * 3600],
  ['day', 24 * 3600],
  ['hour', 3600],
  ['minute', 60],
] as const;

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const exact = new Intl.DateTimeFormat('en', { dateStyle: 'full', timeStyle: 'medium' });

/**
 * The distance of a time from now in its largest unit, such as `3 hours ago`. A time in the future, which a wrong clock can
 * cause, is `just now`.
 * @param at ISO 8601; anything else is returned as it is
 */
export function timeAgo(at: string, now: Date): string {
  const seconds = (now.getTime() - Date.parse(at)) / 1000;
  if (Number.isNaN(seconds)) return at;
  const [unit, length] = units.find(([, most]) => seconds >= most) ?? [];
  return unit === undefined ? 'just now' : relative.format(-Math.floor(seconds / length), unit);
}

/** The date and the time in the time zone of the browser. */
export function exactTime(at: string): string {
  const time = Date.parse(at);
  return Number.isNaN(time) ? at : exact.format(time);
}
