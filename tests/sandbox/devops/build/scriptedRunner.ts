import type {
  DescribedPipeline,
  DescribedStage,
  PipelineRunner,
} from '../../../../sandbox/devops/build/running/pipelineRunner';

/** Runs nothing: every run succeeds when all of its stages are admitted. It is as described, whatever its file says. */
export function scriptedRunner(
  stages: readonly Pick<DescribedStage, 'name' | 'resources'>[] = [],
  triggers: DescribedPipeline['triggers'] = { push: undefined, completions: [] },
): PipelineRunner {
  return {
    describe: () =>
      Promise.resolve({
        finalYaml: '',
        hasName: false,
        stages: stages.map((stage) => ({ ...stage, displayName: stage.name, dependsOn: [] })),
        triggers,
      }),
    run: async (_, control) => {
      const end = { buildNumber: '', tags: [], artifacts: [] };
      for (const { name } of stages) {
        const admission = await control.admitStage(name);
        if (admission !== 'admitted') {
          control.onLine(admission.note);
          return { ...end, result: admission.result === 'Canceled' ? 'canceled' : 'failed' };
        }
        control.onStageEnd({ name, result: 'Succeeded', milliseconds: 1, notes: [], jobs: [] });
      }
      return { ...end, result: 'succeeded' };
    },
  };
}
