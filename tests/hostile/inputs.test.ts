import * as fc from 'fast-check';
import { fuzzSeed as seed } from '../support/fixedSeed';
import { inputCases } from './inputCase';
import { InputStage } from './inputStage';
import { tasksUnderTest } from './tasksUnderTest';

const allCases = Number(process.env['MODEL_PIPELINES_FUZZ_CASES'] ?? 18_000);
const allWeights = Object.values(tasksUnderTest).reduce((sum, { weight }) => sum + weight, 0);

describe(`hostile inputs (MODEL_PIPELINES_FUZZ_SEED=${seed})`, () => {
  let stage: InputStage;
  before(async () => void (stage = await InputStage.open()));
  after(() => stage.close());

  for (const [name, { task, weight, bases }] of Object.entries(tasksUnderTest))
    it(`${name} ends with a result that says what to do`, async () => {
      const begin = performance.now();
      const results: Record<string, number> = {};
      let slowest = 0;
      const property = fc.asyncProperty(inputCases(name, task, bases), async (given) => {
        const { result, message, seconds } = await stage.run(task, given);
        const kind = /^(Input '|\d+ inputs)/.test(message) ? 'bad inputs' : result;
        results[kind] = (results[kind] ?? 0) + 1;
        slowest = Math.max(slowest, seconds);
      });
      const numRuns = Math.ceil((allCases * weight) / allWeights);
      await fc.assert(property, { seed, numRuns });
      const seconds = (performance.now() - begin) / 1000;
      const counts = Object.entries(results).map(([kind, count]) => `${count} ${kind}`);
      process.stdout.write(
        `      ${name}: ${numRuns} cases (${counts.join(', ')}), ${Math.round(numRuns / seconds)}/s, slowest ${slowest.toFixed(1)} s\n`,
      );
    });
});
