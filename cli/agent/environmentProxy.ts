import type { ProxySettings } from '../../shared/agent/agent';
import { TaskError } from '../../shared/errors';

/**
 * The proxy for a URL from HTTPS_PROXY, HTTP_PROXY and NO_PROXY, in capitals or not, as the Databricks CLI and other
 * programs in Go read them (golang.org/x/net/http/httpproxy): NO_PROXY is a list of hosts, with their subdomains, or `*`;
 * this machine is never reached through a proxy. Throws a TaskError for a proxy that is not a URL.
 */
export function environmentProxy(
  environment: Readonly<Record<string, string | undefined>>,
  target: string,
): ProxySettings | undefined {
  const read = (name: string): string | undefined => environment[name.toLowerCase()] || environment[name] || undefined;
  const { protocol, hostname, port } = new URL(target);
  const name = protocol === 'http:' ? 'HTTP_PROXY' : 'HTTPS_PROXY';
  const proxy = read(name);
  if (proxy === undefined || isBypassed(read('NO_PROXY') ?? '', hostname, port)) return undefined;
  const text = /^\w+:\/\//.test(proxy) ? proxy : `http://${proxy}`;
  if (!URL.canParse(text))
    throw new TaskError(
      `The environment variable ${name} is not the URL of a proxy, such as http://proxy.example.com:8080.`,
    );
  const url = new URL(text);
  const [username, password] = [url.username, url.password].map(decodeURIComponent);
  url.username = url.password = '';
  return { url: url.href, ...(username && { username }), ...(password && { password }) };
}

function isBypassed(list: string, hostname: string, port: string): boolean {
  const host = hostname.toLowerCase().replace(/^\[|\]$/g, '');
  if (host === 'localhost' || host === '::1' || host.startsWith('127.')) return true;
  return list
    .split(/[\s,]+/)
    .map((entry) => entry.toLowerCase().replace(/^\*?\./, ''))
    .some((entry) => {
      if (entry === '*') return true;
      const [, name = entry, itsPort] = /^([^:]+):(\d+)$/.exec(entry) ?? [];
      return name !== '' && (host === name || host.endsWith(`.${name}`)) && (itsPort === undefined || itsPort === port);
    });
}
