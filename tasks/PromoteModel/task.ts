import { withTimeout } from '../../shared/agent/context';
import { promoteVersion, restorePrevious } from '../../shared/databricks/models/promoteVersion';
import { promotionSummary, promotionTags } from '../../shared/databricks/models/describePromotion';
import {
  readyVersion,
  refuseUnapproved,
  refuseWithoutSignature,
  versionFrom,
} from '../../shared/databricks/models/candidate';
import { databricksConnection, openWorkspace } from '../../shared/task/databricksConnection';
import { choice, flag, integer, text } from '../../shared/task/inputs';
import { defineTask } from '../../shared/task/task';

const promotes = { action: 'promote' } as const;

/** Moves an alias of a model in Unity Catalog to a version that is ready, or back to the version that had it before. */
export const task = defineTask({
  inputs: {
    ...databricksConnection,
    catalogModel: text({
      required: true,
      pattern: { matches: /^[^./\s]+(\.[^./\s]+){2}$/, rule: 'must be a full name: catalog.schema.model.' },
    }),
    alias: text({
      required: true,
      default: 'champion',
      pattern: {
        matches: /^(?!latest$)(?!v\d+$)[\w-]{1,255}$/i,
        rule: 'must consist of letters, digits, _ and -, and must not be latest or like v1, which Databricks reserves.',
      },
    }),
    action: choice(['promote', 'rollBack'], { required: true, default: 'promote' }),
    versionSource: choice(['version', 'alias', 'run'], { required: true, default: 'version', when: promotes }),
    modelVersion: text({
      required: true,
      when: { ...promotes, versionSource: 'version' },
      pattern: { matches: /^[1-9]\d{0,14}$/, rule: 'must be a version number of the model, such as 3.' },
    }),
    sourceAlias: text({ required: true, when: { ...promotes, versionSource: 'alias' } }),
    mlflowRunId: text({ required: true, when: { ...promotes, versionSource: 'run' } }),
    verdict: text({ when: promotes }),
    approvalTag: text({ when: promotes }),
    requireSignature: flag({ default: true, when: promotes }),
    timeoutMinutes: integer({ default: 30, min: 1, max: 10080, when: promotes }),
  },
  outputs: ['modelVersion', 'previousVersion', 'modelUri', 'mlflowRunId'],

  async run({ inputs, agent, context: unlimited, setOutput }) {
    const { catalogModel: model, alias, action, verdict, approvalTag } = inputs;
    const context = withTimeout(unlimited, inputs.timeoutMinutes);
    const workspace = await openWorkspace(inputs, context);
    const tags = promotionTags(agent.run, verdict);

    const promote = async () => {
      const number = await versionFrom(workspace, model, sourceOf(inputs));
      setOutput('modelVersion', number);
      const version = await readyVersion(workspace, model, number, context);
      if (approvalTag !== undefined) refuseUnapproved(model, version, approvalTag);
      if (inputs.requireSignature) await refuseWithoutSignature(workspace, model, number);
      return promoteVersion(workspace, { model, alias, version, tags });
    };
    const done = action === 'promote' ? await promote() : await restorePrevious(workspace, { model, alias, tags });

    setOutput('modelVersion', done.version);
    setOutput('previousVersion', done.previous ?? '');
    setOutput('modelUri', `models:/${model}/${done.version}`);
    setOutput('mlflowRunId', done.runId ?? '');
    if (done.isChange)
      await agent.summary('Model promotion', promotionSummary(model, alias, done, tags, workspace.url));
    const has = done.isChange ? 'has' : 'already had';
    const instead = done.isChange && done.previous !== undefined ? ` instead of version ${done.previous}` : '';
    return `Version ${done.version} of ${model} ${has} the alias '${alias}'${instead}.`;
  },
});

function sourceOf(inputs: {
  readonly modelVersion?: string | undefined;
  readonly sourceAlias?: string | undefined;
  readonly mlflowRunId?: string | undefined;
}) {
  const { modelVersion, sourceAlias, mlflowRunId = '' } = inputs;
  if (modelVersion !== undefined) return { version: modelVersion };
  return sourceAlias !== undefined ? { alias: sourceAlias } : { mlflowRunId };
}
