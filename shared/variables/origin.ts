/** Where a value was written: a file as people name it and the line in it, counted from 1; or another source. */
export interface Origin {
  readonly source: string;
  readonly line?: number;
}

/**
 * What a problem is about, where those who read it decide by that. `missing`: a name that no source sets, but another source
 * can. `secret`: a name or a text that looks like a secret. `later`: not a problem yet, only what was not checked.
 */
export type ProblemKind = 'missing' | 'secret' | 'later';

/** Reports a problem. The message never repeats a value that may be a secret. */
export type Report = (origin: Origin, message: string, kind?: ProblemKind) => void;

/** As in `model_variables.yml:12`. */
export function originText({ source, line }: Origin): string {
  return line === undefined ? source : `${source}:${line}`;
}
