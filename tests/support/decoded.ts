import { readShape, type Shape } from '../../shared/http/shape';

/** What a client returns for the answer of a stand-in, which must be of the shape that the caller expects. */
export function decoded<T>(answer: unknown, shape: Shape<T>): T {
  const reading = readShape(shape, answer);
  if ('problem' in reading) throw new Error(`The stand-in answers another shape: ${reading.problem}.`);
  return reading.value;
}
