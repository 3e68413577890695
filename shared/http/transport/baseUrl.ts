import { TaskError } from '../../errors';

/**
 * Checks the address of a service: https, or http where calls never leave this machine or hold no secret; no credentials in
 * it. Throws a TaskError.
 */
export function parseBaseUrl(text: string, service: string, holdsSecrets = true): URL {
  if (!URL.canParse(text)) throw new TaskError(`The URL of ${service} is not a URL: it should look like https://host.`);
  const url = new URL(text);
  if (url.username || url.password)
    throw new TaskError(`The URL of ${service} (${url.host}) contains a user name or password: remove them.`);
  const mayBePlain = !holdsSecrets || staysHere(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && mayBePlain))
    throw new TaskError(
      `The URL of ${service} must begin with https://, not ${url.protocol}//, because the token would travel unencrypted (${url.host}).`,
    );
  return url;
}

/** Whether calls never leave this machine: loopback addresses, and the link-local one of the metadata service that clouds give their virtual machines. */
export function staysHere(hostname: string): boolean {
  return hostname === '169.254.169.254' || /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
