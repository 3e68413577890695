import { TaskError } from '../../errors';

/**
 * The address of a service, checked: https, or http where nothing leaves this machine or nothing is secret, and no
 * credentials in it. Throws a TaskError.
 */
export function parseBaseUrl(text: string, service: string, holdsSecrets = true): URL {
  if (!URL.canParse(text)) throw new TaskError(`The URL of ${service} is not a URL: it should look like https://host.`);
  const url = new URL(text);
  if (url.username || url.password)
    throw new TaskError(`The URL of ${service} (${url.host}) holds a user name or password: leave them out.`);
  const mayBePlain = !holdsSecrets || staysHere(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && mayBePlain))
    throw new TaskError(
      `The URL of ${service} must begin with https://, not ${url.protocol}//, or the token would travel in the open (${url.host}).`,
    );
  return url;
}

/** The loopback addresses, and the one by which Azure's host of a virtual machine answers it: it knows no https. */
export function staysHere(hostname: string): boolean {
  return hostname === '169.254.169.254' || /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
