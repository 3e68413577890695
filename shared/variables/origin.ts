/** Where something was written: a file as people name it and the line in it, from 1; or an input of the step. */
export interface Origin {
  readonly source: string;
  readonly line?: number;
}

/** Takes note of something that is wrong. The message repeats no value that may be a secret. */
export type Report = (origin: Origin, message: string) => void;

/** As in `model_variables.yml:12`. */
export function originText({ source, line }: Origin): string {
  return line === undefined ? source : `${source}:${line}`;
}
