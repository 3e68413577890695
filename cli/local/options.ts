import { resolve } from 'node:path';
import type { LocalCall } from './localCommand';

/** The text of an option; undefined where it was not given. */
export function textOption({ options }: LocalCall, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

/** The texts of an option that can be repeated. */
export function textsOption({ options }: LocalCall, name: string): readonly string[] {
  const value = options[name];
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

export function flagOption({ options }: LocalCall, name: string): boolean {
  return options[name] === true;
}

/** The absolute path that an option names, from the folder of the caller; undefined where it was not given. */
export function pathOption(call: LocalCall, name: string, workingFolder: string): string | undefined {
  const text = textOption(call, name);
  return text === undefined ? undefined : resolve(workingFolder, text);
}
