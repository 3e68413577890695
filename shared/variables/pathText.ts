/** As in `training.epochs`; a name that can't be one is quoted, and cut where it is long. */
export function pathText(path: readonly string[]): string {
  return path.map((name) => (/^\w{1,100}$/.test(name) ? name : JSON.stringify(name.slice(0, 40)))).join('.');
}
