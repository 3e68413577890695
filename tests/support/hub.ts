import { Extensions } from '../../sandbox/devops/extensions/extensions';
import { ExtensionStore } from '../../shared/devops/registry/extensionStore';
import { ownExtension } from '../../shared/devops/registry/ownExtension';
import { connectDevops } from '../../shared/devops/connect';
import { ModelRegistry } from '../../shared/variables/registry/modelRegistry';
import type { DevopsStage } from './devopsStage';
import { testContext } from './testContext';

/** Installs the extension in the organization of a stage. */
export function installHub({ organization }: DevopsStage): void {
  organization.state.of(Extensions).install(ownExtension.publisherName, ownExtension.extensionName);
}

/** The hub of a stage as a person has it who saves there. */
export function hubOf({ organization, clock, projectId }: DevopsStage, name = 'Ada'): ModelRegistry {
  const { state, personalAccessToken } = organization;
  const tokens = { identity: 'a person', token: () => Promise.resolve(personalAccessToken), refused: () => false };
  const url = state.url('').replace(/\/$/, '');
  const devops = connectDevops({ kind: 'token', tokens }, url, testContext({ clock }));
  const author = { id: '11111111-1111-1111-1111-111111111111', name };
  return new ModelRegistry(new ExtensionStore(devops, ownExtension), {
    projectId,
    author,
    now: () => new Date(clock.date()),
  });
}
