import type { Plain } from '../tree';

/** A value that can be written: a scalar, or a list. */
export type EditValue = string | number | boolean | null | readonly Plain[];

/** Sets or removes the value at a path of a variable file, such as `variables.training.epochs` or `environments.prod.seed`. */
export type TextEdit =
  | {
      readonly path: readonly string[];
      readonly value: EditValue;
      /** How a number or a boolean is spelled, such as `1.10` for 1.1; as JSON writes it by default. */
      readonly text?: string;
    }
  | { readonly path: readonly string[]; readonly isRemoved: true };
