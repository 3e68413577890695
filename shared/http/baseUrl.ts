import { TaskError } from '../errors';

/** The address of a service, checked: https, or http on this machine alone, and no credentials in it. Throws a TaskError. */
export function parseBaseUrl(text: string, service: string): URL {
  if (!URL.canParse(text)) throw new TaskError(`The URL of ${service} is not a URL: it should look like https://host.`);
  const url = new URL(text);
  if (url.username || url.password)
    throw new TaskError(`The URL of ${service} (${url.host}) holds a user name or password: leave them out.`);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname)))
    throw new TaskError(
      `The URL of ${service} must begin with https://, not ${url.protocol}//, or the token would travel in the open (${url.host}).`,
    );
  return url;
}

function isLoopback(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
