/** The time between two moments, such as `1 h 2 min` or `12 s`; undefined when one of them is unknown. */
export function durationText(startedOn: string | undefined, endedOn: string | undefined): string | undefined {
  const milliseconds = Date.parse(endedOn ?? '') - Date.parse(startedOn ?? '');
  if (Number.isNaN(milliseconds) || milliseconds < 0) return undefined;
  const seconds = Math.round(milliseconds / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}
