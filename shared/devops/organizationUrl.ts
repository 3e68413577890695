import { UnusableError } from '../errors';
import { percentDecoded } from '../percentDecoded';

/** An organization of Azure DevOps Services, by its URL. */
export interface OrganizationAddress {
  /** Without a slash at its end. */
  readonly url: string;
  /** The name of the organization. */
  readonly name: string;
}

/**
 * Reads the URL of an organization. People paste the URL of any page in it, or of a repository: only the part that names the
 * organization is used. Throws an UnusableError for what is not such a URL.
 */
export function readOrganizationUrl(given: string): OrganizationAddress {
  const text = given.trim();
  const full = /^[\w-]+(\.[\w-]+)+(:\d+)?\//.test(text) ? `https://${text}` : text;
  if (!URL.canParse(full) || !full.includes('//'))
    throw unusable('is not a URL, such as https://dev.azure.com/contoso.');
  const url = new URL(full);
  const { hostname, origin, pathname } = url;
  // https://contoso.visualstudio.com, also with DefaultCollection
  const [, older] = /^([\w-]+)\.visualstudio\.com$/i.exec(hostname) ?? [];
  const [first = ''] = pathname.split('/').filter((part) => part !== '');
  const name = percentDecoded(older ?? first);
  // Clone URLs name the organization as the user.
  if (url.password !== '' || (url.username !== '' && url.username !== name))
    throw unusable('contains a user name or password: remove them, and change the password.');
  if (name === '' || name.startsWith('_'))
    throw unusable(`names no organization: it must be of the form ${origin}/<organization>.`);
  return { url: older === undefined ? `${origin}/${first}` : origin, name };
}

function unusable(problem: string): UnusableError {
  return new UnusableError('The URL of the organization', problem);
}
