import assert from 'node:assert/strict';
import { readServiceError } from '../../../shared/http/answer/serviceError';
import type { Dialect } from '../../../shared/http/dialect';

/** A body of a refusal, and what a dialect has to read in it. */
export type Shape = readonly [what: string, body: object | string, errorCode: string | undefined, message: string];

/** Declares a test for each shape. */
export function shapesOf(dialect: Dialect, shapes: readonly Shape[]): void {
  for (const [what, body, errorCode, message] of shapes)
    it(`is parsed in a refusal ${what}`, () => {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      assert.deepEqual(readServiceError(text, dialect), { errorCode, message });
    });
}
