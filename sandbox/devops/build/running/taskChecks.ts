import { isObject, textAt, valueAt, type JsonObject } from '../../rest/requestBody';
import type { CheckConfiguration } from '../../resources/checks/checkConfigurations';
import type { Build } from '../builds/build';
import { matchesBranch } from './branchFilter';

/** Tasks of checks that run without an agent: https://learn.microsoft.com/azure/devops/pipelines/process/approvals */
const [branchControl, businessHours] = ['86b05a0c-73e6-4f7d-b3cf-e38f3b39a75b', '445fde2f-6c39-441c-807f-8a59ff2e075f'];

/** Why a check fails; undefined when it passes. One that the stand-in cannot evaluate fails. */
export function evaluateTaskCheck(
  { settings, type }: CheckConfiguration,
  build: Build,
  now: number,
): string | undefined {
  const definition = objectAt(settings, 'definitionRef');
  const inputs = objectAt(settings, 'inputs');
  switch (textAt(definition, 'id')?.toLowerCase()) {
    case branchControl:
      return checkBranch(inputs, build);
    case businessHours:
      return checkHours(inputs, now);
    default:
      return `The check '${textAt(settings, 'displayName') ?? type.name}' cannot be evaluated by the stand-in.`;
  }
}

function objectAt(object: JsonObject, key: string): JsonObject {
  const value = valueAt(object, key);
  return isObject(value) ? value : {};
}

function checkBranch(inputs: JsonObject, { sourceBranch }: Build): string | undefined {
  const allowed = (textAt(inputs, 'allowedBranches') ?? '*').split(',').map((each) => each.trim());
  return allowed.some((pattern) => matchesBranch(sourceBranch)(pattern))
    ? undefined
    : `Branch control: the branch ${sourceBranch} is not one of the allowed branches ${allowed.join(', ')}.`;
}

/** The settings have IDs of Windows; some of them, as https://github.com/unicode-org/cldr (windowsZones.xml) has them. */
const windowsTimeZones: Readonly<Record<string, string>> = {
  'W. Europe Standard Time': 'Europe/Berlin',
  'Central Europe Standard Time': 'Europe/Budapest',
  'Romance Standard Time': 'Europe/Paris',
  'GMT Standard Time': 'Europe/London',
  'Eastern Standard Time': 'America/New_York',
  'Central Standard Time': 'America/Chicago',
  'Mountain Standard Time': 'America/Denver',
  'Pacific Standard Time': 'America/Los_Angeles',
  'India Standard Time': 'Asia/Calcutta',
  'China Standard Time': 'Asia/Shanghai',
  'Tokyo Standard Time': 'Asia/Tokyo',
  'AUS Eastern Standard Time': 'Australia/Sydney',
};

function checkHours(inputs: JsonObject, now: number): string | undefined {
  const given = textAt(inputs, 'timeZone') ?? 'UTC';
  const timeZone = windowsTimeZones[given] ?? given;
  const days = (textAt(inputs, 'businessDays') ?? '').split(',').map((day) => day.trim());
  try {
    const format = new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'long', hour: '2-digit', minute: '2-digit' });
    const parts = new Map(format.formatToParts(now).map(({ type, value }) => [type, value]));
    const time = `${parts.get('hour') ?? ''}:${parts.get('minute') ?? ''}`;
    const [start, end] = [textAt(inputs, 'startTime') ?? '00:00', textAt(inputs, 'endTime') ?? '24:00'];
    return days.includes(parts.get('weekday') ?? '') && start <= time && time < end
      ? undefined
      : 'Business hours: the run is outside of the hours in which the check passes.';
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return `Business hours: the stand-in does not know the time zone '${given}'.`;
  }
}
