import { isObject, type Json } from '../../shared/json';

/**
 * Whether an answer could as well be true: it has the form of the real one, but tells other texts and numbers, or leaves
 * something out. Nobody can see that it is a lie, so a step may believe it.
 */
export function isPlausible(real: Json | undefined, answer: Json | undefined): boolean {
  if (real === undefined || answer === undefined) return false;
  if (Array.isArray(real))
    return (
      Array.isArray(answer) &&
      answer.every((each: Json) => real.length === 0 || real.some((own: Json) => isPlausible(own, each)))
    );
  if (!isObject(real)) return answer === null || typeof answer === typeof real || isIdOf(real, answer);
  return (
    isObject(answer) &&
    Object.entries(answer).every(([name, each]) => !(name in real) || isPlausible(real[name] as Json, each as Json))
  );
}

/** Ids are text with some services and numbers with others. */
function isIdOf(real: unknown, answer: Json): boolean {
  return ['string', 'number', 'bigint'].includes(typeof real) && ['string', 'number', 'bigint'].includes(typeof answer);
}
