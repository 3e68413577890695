import type { Endpoint, Traffic } from '../api/endpoints';

/** The shares of a map that are more than nothing. */
export function sharesOf(traffic: Traffic | undefined): Traffic {
  return Object.fromEntries(
    Object.entries(traffic ?? {})
      .filter(([, percent]) => percent > 0)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

export function trafficOf({ properties }: Endpoint): Traffic {
  return sharesOf(properties.traffic);
}

export function mirrorOf({ properties }: Endpoint): Traffic {
  return sharesOf(properties.mirrorTraffic);
}

/** The percentage of the requests that a deployment answers. Names are case-insensitive. */
export function shareOf(traffic: Traffic, name: string): number {
  return Object.entries(traffic).find(([each]) => isSameName(each, name))?.[1] ?? 0;
}

/** The deployment that answers most of the requests; undefined when none does. */
export function mainOf(traffic: Traffic): string | undefined {
  return Object.entries(traffic).sort(([, a], [, b]) => b - a)[0]?.[0];
}

export function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

export function isSameTraffic(one: Traffic, other: Traffic): boolean {
  const [a, b] = [sharesOf(one), sharesOf(other)];
  return (
    Object.keys(a).length === Object.keys(b).length &&
    Object.entries(a).every(([name, percent]) => shareOf(b, name) === percent)
  );
}

/** `blue 90 %, green 10 %` */
export function trafficText(traffic: Traffic): string {
  const shares = Object.entries(sharesOf(traffic)).map(([name, percent]) => `${name} ${percent} %`);
  return shares.length === 0 ? 'no traffic' : shares.join(', ');
}
