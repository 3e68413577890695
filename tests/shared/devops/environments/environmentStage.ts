import assert from 'node:assert/strict';
import type { Identity } from '../../../../sandbox/devops/identities/identity';
import { CheckConfigurations, checkTypes } from '../../../../sandbox/devops/resources/checks/checkConfigurations';
import { Environments, type Environment } from '../../../../sandbox/devops/resources/environments/environments';
import { DevopsStage } from '../../../support/devopsStage';

export type JsonObject = Readonly<Record<string, unknown>>;

export const namespace = '83d4c2e6-e57d-4d6e-892b-b87222b7ad20';
export const account = 'ada@example.com';

/** With a person who can approve. */
export async function openEnvironmentStage(): Promise<DevopsStage> {
  const stage = await DevopsStage.open();
  stage.organization.state.identities.addUser({ principalName: account, displayName: 'Ada' });
  return stage;
}

/** An environment that somebody else has made. */
export function addEnvironment(stage: DevopsStage, name: string, description = ''): Environment {
  const { state, administrator } = stage.organization;
  return state.of(Environments).add(stage.projectId, name, description, administrator.id);
}

/** A check that somebody else has made; its timeout is in minutes. */
export function addCheck(
  stage: DevopsStage,
  { id }: Environment,
  type: keyof typeof checkTypes,
  settings: JsonObject = {},
  timeout = 60,
): number {
  const { state, administrator } = stage.organization;
  const resource = { type: 'environment' as const, id: String(id), name: undefined };
  const content = { projectId: stage.projectId, type: checkTypes[type], resource, settings, timeout };
  return state.of(CheckConfigurations).add(content, administrator.id).id;
}

/** The settings of an approval, as the service shows them. */
export function approvalOf(approvers: readonly Identity[], settings: JsonObject = {}): JsonObject {
  return {
    approvers: approvers.map(({ id }) => ({ displayName: null, id })),
    executionOrder: 'anyOrder',
    minRequiredApprovers: 0,
    instructions: '',
    blockedApprovers: [],
    requesterCannotBeApprover: false,
    ...settings,
  };
}

/** What the roles of people allow at an environment, by their names. */
export function rolesOf(stage: DevopsStage, name: string): Readonly<Record<string, number>> {
  const { state } = stage.organization;
  const { id } = state.of(Environments).byName(stage.projectId, name) ?? assert.fail();
  const list = state.security.find(namespace, `Environments/${stage.projectId}/${id}`);
  return Object.fromEntries(
    [...(list?.entries ?? [])].map(([descriptor, { allow }]) => [
      state.identities.find(descriptor)?.displayName ?? descriptor,
      allow,
    ]),
  );
}

/** Environments with their checks and the roles of people, in values that are the same in another stage. */
export function environmentState(stage: DevopsStage): unknown {
  const { state } = stage.organization;
  const names = new Map(state.identities.all().map(({ id, displayName }) => [id, displayName]));
  const named = (text: string): unknown =>
    JSON.parse(text.replaceAll(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g, (id) => names.get(id) ?? id));
  return state
    .of(Environments)
    .ofProject(stage.projectId)
    .map(({ id, name, description }) => ({
      name,
      description,
      checks: state
        .of(CheckConfigurations)
        .ofResource(stage.projectId, { type: 'environment', id: String(id) })
        .map(({ type, settings, timeout }) => named(JSON.stringify([type.name, settings, timeout])))
        .sort(),
      roles: rolesOf(stage, name),
    }))
    .sort((one, other) => one.name.localeCompare(other.name));
}
