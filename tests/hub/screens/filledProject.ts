import type { Organization } from '../../../sandbox/devops/organization';
import { projectId } from '../../../sandbox/agent/variables/predefined';
import { revisionsOf } from '../../../shared/variables/registry/documents';
import { sendToDevops } from '../../support/devops/fixture';
import { registryOf, saveText, storeOf } from '../modelStage';
import { commitFiles, storedRepository } from '../repository/fixture';

/** Of the linked file in the repository `local`. */
export const filePath = '/churn/model_variables.yml';

/** The text of the model churn: in all environments, in dev and in prod. */
export const churnText = (epochs: number, seed = 7): string =>
  [
    '# The variables of this model.',
    'variables:',
    '  modelName: churn',
    "  modelVersion: '3'",
    '  packages: requirements.txt',
    `  epochs: ${epochs}`,
    `  seed: ${seed}`,
    'environments:',
    '  dev:',
    '    epochs: 10',
    '  prod:',
    '    epochs: 600',
    '',
  ].join('\n');

export const longName = 'a_name_that_has_no_place_on_a_narrow_screen_'.repeat(4);

const onboardingPipeline = `parameters:
  - { name: model, displayName: Model name, type: string }
  - { name: serving, displayName: Serving type, type: string, default: batch, values: [batch, rest] }
  - { name: registry, displayName: Registry, type: string, default: contoso }
steps:
  - script: 'echo \${{ parameters.model }}'
`;

/**
 * A project in use: `churn` with revisions and a linked file that has been changed, too, `long` with long names and texts,
 * `archived`, `damaged`, base variables, and the onboarding pipeline.
 */
export async function fillProject(organization: Organization): Promise<void> {
  const registry = registryOf(organization);
  const link = { id: storedRepository(organization).id, path: filePath, branch: 'main' };
  await registry.saveBase({
    text: 'variables:\n  region: westeurope\nlocked: [region]\n',
    comment: '',
    base: undefined,
  });
  await registry.save({ id: 'churn', text: churnText(300), comment: 'Begin', base: undefined, repository: link });
  await commitFiles(organization, {
    [filePath]: churnText(300),
    '/pipelines/onboard_pipeline.yml': onboardingPipeline,
  });
  await saveText(registry, 'churn', churnText(350), 'More rounds');
  await commitFiles(organization, { [filePath]: churnText(400, 8) });
  const values = Array.from({ length: 12 }, (_, index) => `  group.value${index}: ${index}`).join('\n');
  await saveText(
    registry,
    'long',
    `variables:\n  ${longName}: ${longName}\n${values.replaceAll('group.', 'group')}\nenvironments:\n  ${longName}:\n    ${longName}: 1\n`,
    longName,
  );
  await registry.save({ id: 'archived', text: churnText(1), comment: '', base: undefined, status: 'archived' });
  for (const epochs of [1, 2]) await saveText(registry, 'damaged', churnText(epochs));
  await damage(organization, 'damaged', 2);
  await sendToDevops(organization, 'local/_apis/build/definitions', {
    method: 'POST',
    body: {
      name: 'onboard',
      type: 'build',
      queue: { name: 'Azure Pipelines' },
      repository: { id: 'local', name: 'local', type: 'TfsGit', defaultBranch: 'refs/heads/main' },
      process: { type: 2, yamlFilename: 'pipelines/onboard_pipeline.yml' },
    },
  });
}

/** Changes the text of a revision, which is the newest one, past the pages. */
export async function damage(organization: Organization, model: string, rev: number): Promise<void> {
  const store = storeOf(organization);
  for (const [collection, id] of [
    [`models-${projectId}`, model],
    [revisionsOf(projectId, model), String(rev).padStart(6, '0')],
  ] as const) {
    const document = await store.read(collection, id);
    if (!document) throw new Error(`There is no document ${id}.`);
    store.damage(collection, { ...document, text: 'variables:\n  epochs: 99\n' });
  }
}

/** Protects the environment prod. */
export async function protectProd(organization: Organization): Promise<void> {
  const registry = registryOf(organization);
  const { document } = await registry.settings();
  const settings = { protectedEnvironments: ['prod'], refusesSecrets: true };
  await registry.saveSettings({ settings, comment: '', base: document });
}
