import fc from 'fast-check';

/** The seed of every run, so that code which has not changed does not fail. */
const usualSeed = 20_261_130;

/** Of the cases that tests generate: MODEL_PIPELINES_FUZZ_SEED is another one, or `random` for one that nobody has run before. */
export const fuzzSeed = seedOf(process.env['MODEL_PIPELINES_FUZZ_SEED']);

// Each property that names no seed of its own; a failure prints it, with the path to the case.
fc.configureGlobal({ seed: fuzzSeed });

function seedOf(text: string | undefined): number {
  if (!text) return usualSeed;
  if (text === 'random') return Date.now() % 2 ** 31;
  const seed = Number(text);
  if (Number.isInteger(seed)) return seed;
  throw new Error(`MODEL_PIPELINES_FUZZ_SEED is '${text}', which is neither an integer nor 'random'.`);
}
