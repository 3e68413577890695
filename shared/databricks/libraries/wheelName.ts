/**
 * The package that a wheel's file name begins with; undefined when it is not the name of a wheel.
 * Source: https://packaging.python.org/en/latest/specifications/binary-distribution-format/#file-name-convention.
 */
export function packageOfWheel(fileName: string): string | undefined {
  return /^([A-Za-z0-9](?:[\w.]*[A-Za-z0-9])?)-[^-]+(?:-\d[^-]*)?-[^-]+-[^-]+-[^-]+\.whl$/.exec(fileName)?.[1];
}
