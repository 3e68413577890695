import type { TokenOfIssuer } from '../../../shared/agent/agent';
import { claimsOf } from '../../../shared/identity/claims';
import { isObject, parsedJson } from '../../../shared/json';
import { SignInRequired } from '../signInRequired';

/** A token as a program printed it, and who it is for, where the token says so. */
export interface PrintedToken extends TokenOfIssuer {
  readonly owner: string | undefined;
}

/**
 * Reads the token that a program printed as a JSON object, before or behind which there may be warnings. Throws a
 * SignInRequired that does not repeat the output: that may be a token.
 */
export function printedToken(program: string, output: string, dateMilliseconds: number): PrintedToken {
  const json = objectIn(output);
  const token = [json?.accessToken, json?.access_token].find((each) => typeof each === 'string' && each !== '');
  if (json === undefined || typeof token !== 'string')
    throw new SignInRequired(
      `${program} succeeded but printed no token. Its answer has ${output.length} characters and is not the expected JSON. Run it yourself to see what it prints, and update it.`,
    );
  const expiry = expiryOf(json, token);
  if (expiry === undefined)
    throw new SignInRequired(`${program} printed a token without the time of its expiry. Update the program.`);
  const lifeSeconds = (expiry - dateMilliseconds) / 1000;
  if (!(lifeSeconds > 0))
    throw new SignInRequired(
      `${program} printed a token that has expired. Sign in with it again, and check the date and time of this machine.`,
    );
  return { token, lifeSeconds, owner: ownerOf(token) };
}

function objectIn(output: string): Readonly<Record<string, unknown>> | undefined {
  const text = output.replace(/^\uFEFF/, '').trim();
  // The object begins and ends in lines of their own.
  const [inner] = /^\{[^]*^\}$|^\{.*\}$/m.exec(text.replaceAll('\r\n', '\n')) ?? [];
  return [text, inner ?? ''].map(parsedJson).find(isObject);
}

/** In milliseconds since 1970. The Azure CLI writes `expiresOn` in the time zone of the machine, the others do not. */
function expiryOf(
  { expires_on: seconds, expiresOn, expiry }: Readonly<Record<string, unknown>>,
  token: string,
): number | undefined {
  if (typeof seconds === 'number' || (typeof seconds === 'string' && /^\d+$/.test(seconds)))
    return Number(seconds) * 1000;
  const { exp } = claimsOf(token);
  if (typeof exp === 'number') return exp * 1000;
  const written = typeof expiresOn === 'string' ? expiresOn : expiry;
  const date = typeof written === 'string' ? Date.parse(written.replace(' ', 'T')) : NaN;
  return Number.isNaN(date) ? undefined : date;
}

/** How a person, or else an application, is named in its token; `sub` is an e-mail address in tokens of Databricks. */
function ownerOf(token: string): string | undefined {
  const { upn, unique_name: uniqueName, email, appid, azp, sub } = claimsOf(token);
  return [upn, uniqueName, email, appid, azp, sub].find((each) => typeof each === 'string');
}
