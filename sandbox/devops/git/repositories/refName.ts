/** The rules of `git check-ref-format` for the full name of a reference. */
export function isRefName(name: string): boolean {
  // eslint-disable-next-line no-control-regex
  if (/[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\/$|\.$|^\/|(^|\/)\.|\.lock(\/|$)/.test(name)) return false;
  return name.split('/').length >= 3 && name.startsWith('refs/');
}

/** Whether two names cannot both exist, because one would be the folder of the other. */
export const conflictsWith = (one: string, other: string) => one.startsWith(`${other}/`) || other.startsWith(`${one}/`);
