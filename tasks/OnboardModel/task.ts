import { withTimeout } from '../../shared/agent/context';
import { changeText, isWrite, throwIfStuck } from '../../shared/devops/change';
import { onboardingSchema } from '../../shared/devops/onboarding/document';
import { planOnboarding, PlanError } from '../../shared/devops/onboarding/planOnboarding';
import { countText, planMarkdown, planReport } from '../../shared/devops/onboarding/planReport';
import { variableName } from '../../shared/devops/repository/names';
import { DriftError } from '../../shared/errors';
import { devopsConnection, openOrganization, projectOf } from '../../shared/task/devopsConnection';
import { choice, document, documentFile, flag, integer, pairs, sensitivePairs, text } from '../../shared/task/inputs';
import { exactlyOneOf } from '../../shared/task/relations';
import { secretVariableName, secretVariableProblems, secretVariables } from '../../shared/task/devops/secretVariables';
import { defineTask } from '../../shared/task/task';
import { contentOf } from './content';
import { onboardedOutputs, setOnboarded } from './outputs';
import { explained, specificationOf, specificationProblems } from './specification';
import { writePlan } from './writePlan';

const { textAt } = onboardingSchema;

/** Brings all that a model has in a project into the state of a specification, or shows what would change. */
export const task = defineTask({
  inputs: {
    ...devopsConnection,
    mode: choice(['plan', 'apply'], { required: true }),
    specification: document({ textAt }),
    specificationFile: documentFile({ textAt }),
    variables: pairs({ names: variableName }),
    secretVariables: sensitivePairs({ names: secretVariableName }),
    updateSecrets: flag({ default: false }),
    updateTemplate: flag({ default: false }),
    failOnDrift: flag({ default: false }),
    planFolder: text(),
    timeoutMinutes: integer({ default: 120, min: 1, max: 1440 }),
  },
  relations: [exactlyOneOf('specification', 'specificationFile')],
  outputs: ['change', 'planFile', ...onboardedOutputs],
  check: (given) => [...specificationProblems(given), ...secretVariableProblems(given.secretVariables)],

  async run({ inputs, agent, context: unlimited, setOutput }) {
    const context = withTimeout(unlimited, inputs.timeoutMinutes);
    const { mode, updateSecrets, updateTemplate, failOnDrift } = inputs;
    const specification = specificationOf(inputs);
    const { document: spec } = specification;
    const project = inputs.project ?? spec.project ?? projectOf(inputs, context);
    const content = await contentOf(specification, context);
    const devops = openOrganization(inputs, context);
    const secrets = secretVariables(inputs.secretVariables);
    const wanted = { project, document: spec, content, secrets, updateSecrets, updateTemplate };
    const explain = (error: unknown): never => {
      throw error instanceof PlanError ? explained(specification, error) : error;
    };
    const plan = await planOnboarding(devops, wanted, context).catch(explain);
    const changes = plan.areas.flatMap((area) => area.changes);
    for (const change of changes) agent.log(changeText(change));
    setOutput('planFile', await writePlan(planReport(spec.model, project, plan.areas), inputs.planFolder, agent));
    setOutput('change', changes.some(isWrite) ? 'updated' : 'unchanged');
    let isApplied = false;
    try {
      throwIfStuck(changes);
      if (mode === 'apply') {
        await plan.apply().catch(explain);
        isApplied = true;
      }
    } finally {
      setOnboarded(plan.onboarded, devops, setOutput);
      await agent.summary('Onboarding', planMarkdown(plan.areas, !isApplied));
    }
    const counts = countText(changes);
    if (!changes.some(isWrite)) return `The model '${spec.model}' is as defined: ${counts}.`;
    if (isApplied) return `The model '${spec.model}' was brought into the defined state: ${counts}.`;
    if (failOnDrift)
      throw new DriftError(`The model '${spec.model}' differs from its specification: ${counts}. Apply it.`);
    return `The model '${spec.model}' would be changed: ${counts}.`;
  },
});
