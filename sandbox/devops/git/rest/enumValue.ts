/**
 * The name that a value of an enumeration stands for: clients send the name in any case, or its number.
 * @returns undefined for another value
 */
export function enumValue<N extends string>(numbers: Readonly<Record<N, number>>, value: unknown): N | undefined {
  const names = Object.keys(numbers) as N[];
  const text = typeof value === 'number' || typeof value === 'string' ? String(value).toLowerCase() : undefined;
  return names.find((name) => name.toLowerCase() === text || String(numbers[name]) === text);
}
