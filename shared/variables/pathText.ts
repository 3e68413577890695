/** As in `training.epochs`; a name that is not valid is quoted, and truncated to 40 characters. */
export function pathText(path: readonly string[]): string {
  return path.map((name) => (/^\w{1,100}$/.test(name) ? name : JSON.stringify(name.slice(0, 40)))).join('.');
}
