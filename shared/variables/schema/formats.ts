import type { Plain } from '../tree';

interface Format {
  readonly matches: RegExp;
  readonly rule: string;
}

const formats: Readonly<Record<string, Format>> = {
  path: {
    matches: /^(?!.*\\)(?!\s)(?!.*\s$)(?!.*(^|\/)\.\.(\/|$)).+$/,
    rule: 'must be a path: parts separated by /, none of them .., and no space at its ends',
  },
  semver: {
    // Source: https://semver.org, the suggested regular expression.
    matches:
      /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?$/,
    rule: 'must be a semantic version, such as 1.4.0',
  },
};

export function isFormat(name: Plain): boolean {
  return typeof name === 'string' && Object.hasOwn(formats, name);
}

/** Why a text does not have a format; undefined if it does. */
export function formatProblem(name: string, text: string): string | undefined {
  const format = formats[name];
  return !format || format.matches.test(text) ? undefined : format.rule;
}
