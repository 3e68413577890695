import { isIP, isIPv6 } from 'node:net';
import { TaskError } from '../../errors';
import { only, type Shape } from '../shape';

/** Letters, digits and hyphens as in RFC 1123, and the underscore, which names in DNS may contain (RFC 2181 11). */
const label = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?';
const hostNamePattern = new RegExp(`^(?=.{1,254}$)${label}(?:\\.${label})*\\.?$`, 'i');

/** A name in DNS, such as `score.westeurope.azurecontainer.io`. */
export const hostName: Shape<string> = only('a host name', isHostName);

/** An IPv4 or IPv6 address, without a zone. */
export const ipAddress: Shape<string> = only('an IP address', isIpAddress);

/** A host name or an IPv4 address, which a port may follow. */
export const hostAndPort: Shape<string> = only('a host name', (value): value is string => {
  const [host, port, ...more] = typeof value === 'string' ? value.split(':') : [];
  return isHost(host) && (port === undefined || isPort(Number(port))) && more.length === 0;
});

/** The number of a TCP port. */
export const portNumber: Shape<number> = only('a port', isPort);

/** The origin of what listens at a host without TLS: `http://20.1.2.3`. Throws a TaskError for what is not a host and a port. */
export function originOf(host: string, port: number): string {
  if (!isHost(host) || !isPort(port)) throw new TaskError(`'${host}:${port}' is not the address of a server.`);
  return new URL(`http://${isIPv6(host) ? `[${host}]` : host}:${port}`).origin;
}

/** The URL of a path, which begins with `/`, at an origin. */
export function urlAt(origin: string, path: string): string {
  // As a relative URL, `//host` would name another host.
  return new URL(origin + path).href;
}

function isHost(value: unknown): value is string {
  return isHostName(value) || isIpAddress(value);
}

/** The URL parser refuses some names, such as `1.2.3.999` and an invalid `xn--`, and reads others as an address: `1.2`. */
function isHostName(value: unknown): value is string {
  if (typeof value !== 'string' || !hostNamePattern.test(value)) return false;
  const url = `http://${value}`;
  return URL.canParse(url) && new URL(url).hostname === value.toLowerCase() && isIP(value) === 0;
}

function isIpAddress(value: unknown): value is string {
  return typeof value === 'string' && isIP(value) !== 0 && !value.includes('%');
}

function isPort(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535;
}
