import { isList, isMap, type Json, type JsonMap } from '../../json';
import type { Check } from '../api/pipelines/checks';
import {
  longestTimeout,
  timeoutMinutes,
  timeoutText,
  type Approvals,
  type BranchControl,
  type BusinessHours,
  type EnvironmentEntry,
} from './document';

/** An approver; without an id, it is planned only. */
export interface Approver {
  /** As the document has it. */
  readonly name: string;
  /** The storage key. */
  readonly id: string | undefined;
}

/** A check as an environment is to have it. */
export interface WantedCheck {
  /** Its name in the document. */
  readonly name: 'approvals' | 'branchControl' | 'businessHours' | 'exclusiveLock';
  readonly type: { readonly id: string; readonly name: string };
  /** What tells it from other checks of an environment. */
  readonly key: string;
  /** What it means for a run, in a sentence. */
  readonly sentence: string;
  /** What the document says of it, by the names of the document. */
  readonly fields: JsonMap;
  /** The same of a check that exists. */
  fieldsOf(settings: JsonMap, timeout: number, nameOf: (id: string) => string): JsonMap;
  /** The settings to write; those of the check that exists stay where the document has nothing. */
  settings(found: JsonMap): JsonMap;
  /** In minutes; undefined for the one that there is. */
  readonly timeout: number | undefined;
}

/**
 * Kinds of checks, and of the task check the definitions.
 * Sources: https://learn.microsoft.com/rest/api/azure/devops/approvalsandchecks/check-configurations, and
 * microsoft/terraform-provider-azuredevops (`internal/service/approvalsandchecks`).
 */
const approval = { id: '8c6f20a7-a545-4486-9777-f762fafe0d4d', name: 'Approval' };
const exclusiveLock = { id: '2ef31ad6-baa0-403a-8b45-2cbc9b4e5563', name: 'ExclusiveLock' };
const taskCheck = { id: 'fe1de3ee-a436-41b4-bb20-f6eb4cb879a7', name: 'Task Check' };
const branchProtection = {
  id: '86b05a0c-73e6-4f7d-b3cf-e38f3b39a75b',
  name: 'evaluatebranchProtection',
  version: '0.0.1',
};
const hours = { id: '445fde2f-6c39-441c-807f-8a59ff2e075f', name: 'evaluateBusinessHours', version: '0.0.1' };
/** In minutes. */
const retryInterval = 5;

/** Approvers by the storage key in lower case, as the service writes them. */
export function approverIds(settings: JsonMap): readonly string[] {
  const { approvers } = settings;
  return (isList(approvers) ? approvers : []).flatMap((each) => {
    const id = isMap(each) ? each['id'] : undefined;
    return typeof id === 'string' ? [id.toLowerCase()] : [];
  });
}

/** What tells the checks of one environment apart: their type, and of tasks the task. */
export function keyOfCheck({ type, settings = {} }: Pick<Check, 'type' | 'settings'>): string {
  const { definitionRef } = settings;
  const definition = isMap(definitionRef) ? textOf(definitionRef['id']) : '';
  return `${type.id} ${definition}`.toLowerCase();
}

/** The checks that a document describes for an environment. */
export function wantedChecks(entry: EnvironmentEntry, approvers: readonly Approver[]): readonly WantedCheck[] {
  const { approvals, branchControl, businessHours, exclusiveLock: lock } = entry;
  return [
    ...(branchControl ? [branchCheck(branchControl)] : []),
    ...(approvals ? [approvalCheck(approvals, approvers)] : []),
    ...(businessHours ? [hoursCheck(businessHours)] : []),
    ...(lock ? [lockCheck()] : []),
  ];
}

function approvalCheck(wanted: Approvals, approvers: readonly Approver[]): WantedCheck {
  const { approvalOrder = 'anyOrder', allowApproversToApproveTheirOwnRuns: own = true, instructions } = wanted;
  const minimum = minimumOf(wanted.minimumNumberOfApprovers ?? 0, approvers.length);
  const isInOrder = approvalOrder === 'inSequence';
  const names = approvers.map(({ name }) => name);
  const ids = approvers.flatMap(({ id }) => (id === undefined ? [] : [id.toLowerCase()]));
  const timeout = timeoutMinutes(wanted.timeout);
  const who = names.length === 1 ? names.join() : `${minimum === 'all' ? 'all' : `${minimum}`} of ${names.join(', ')}`;
  return {
    name: 'approvals',
    type: approval,
    key: keyOfCheck({ type: approval }),
    sentence: `A run waits for the approval of ${who}${isInOrder ? ' in sequence' : ''}; approvers ${own ? 'can' : 'cannot'} approve their own runs.`,
    fields: {
      approvers: names.join(', '),
      minimumNumberOfApprovers: minimum,
      approvalOrder,
      allowApproversToApproveTheirOwnRuns: own,
      ...(instructions !== undefined && { instructions: instructions.trim() }),
      ...timeoutField(timeout),
    },
    fieldsOf(settings, minutes, nameOf) {
      const found = approverIds(settings);
      const position = (id: string): number => (ids.includes(id) ? ids.indexOf(id) : ids.length);
      const order = isInOrder ? found : [...found].sort((one, other) => position(one) - position(other));
      return {
        approvers: order
          .map((id) => names[approvers.findIndex((each) => each.id?.toLowerCase() === id)] ?? nameOf(id))
          .join(', '),
        minimumNumberOfApprovers: minimumOf(Number(settings['minRequiredApprovers'] ?? 0), found.length),
        approvalOrder: /^inSequence$/i.test(textOf(settings['executionOrder'])) ? 'inSequence' : 'anyOrder',
        allowApproversToApproveTheirOwnRuns: settings['requesterCannotBeApprover'] !== true,
        instructions: textOf(settings['instructions']).trim(),
        timeout: timeoutText(minutes),
      };
    },
    settings: (found) => ({
      ...found,
      approvers: approvers.map(({ id = '' }) => ({ id })),
      minRequiredApprovers: minimum === 'all' ? 0 : minimum,
      executionOrder: approvalOrder,
      requesterCannotBeApprover: !own,
      instructions: instructions ?? found['instructions'] ?? '',
    }),
    timeout,
  };
}

/** 0 stands for all, and so does their number. */
function minimumOf(minimum: number, approvers: number): number | 'all' {
  return minimum <= 0 || minimum >= approvers ? 'all' : minimum;
}

function branchCheck(wanted: BranchControl): WantedCheck {
  const branches = wanted.allowedBranches.map((name) => (name.startsWith('refs/') ? name : `refs/heads/${name}`));
  const { verifyBranchProtection: verify = false, allowUnknownProtectionStatus: unknown = false } = wanted;
  return taskCheckOf('branchControl', branchProtection, {
    displayName: 'Branch control',
    sentence: `A run must be built from ${branches.join(' or ')}${verify ? ', which must be protected' : ''}.`,
    timeout: timeoutMinutes(wanted.timeout),
    fields: {
      allowedBranches: [...branches].sort().join(', '),
      verifyBranchProtection: verify,
      allowUnknownProtectionStatus: unknown,
    },
    fieldsOf: (inputs) => ({
      allowedBranches: listIn(inputs['allowedBranches']).sort().join(', '),
      verifyBranchProtection: isTrue(inputs['ensureProtectionOfBranch']),
      allowUnknownProtectionStatus: isTrue(inputs['allowUnknownStatusBranch']),
    }),
    inputs: {
      allowedBranches: branches.join(', '),
      ensureProtectionOfBranch: String(verify),
      allowUnknownStatusBranch: String(unknown),
    },
  });
}

function hoursCheck({ businessDays, timeZone, startTime, endTime, timeout }: BusinessHours): WantedCheck {
  return taskCheckOf('businessHours', hours, {
    displayName: 'Business hours',
    sentence: `A stage begins only from ${startTime} to ${endTime} (${timeZone}) on ${businessDays.join(', ')}.`,
    timeout: timeoutMinutes(timeout),
    fields: { businessDays: [...businessDays].sort().join(', '), timeZone, startTime, endTime },
    fieldsOf: (inputs) => ({
      businessDays: listIn(inputs['businessDays']).sort().join(', '),
      timeZone: textOf(inputs['timeZone']),
      startTime: textOf(inputs['startTime']),
      endTime: textOf(inputs['endTime']),
    }),
    inputs: { businessDays: businessDays.join(', '), timeZone, startTime, endTime },
  });
}

interface TaskCheckParts {
  readonly displayName: string;
  readonly sentence: string;
  readonly timeout: number | undefined;
  readonly fields: JsonMap;
  readonly fieldsOf: (inputs: JsonMap) => JsonMap;
  readonly inputs: JsonMap;
}

function taskCheckOf(name: WantedCheck['name'], definitionRef: JsonMap, parts: TaskCheckParts): WantedCheck {
  const { displayName, sentence, timeout, fields, fieldsOf, inputs } = parts;
  const inputsOf = (settings: JsonMap): JsonMap => (isMap(settings['inputs']) ? settings['inputs'] : {});
  return {
    name,
    type: taskCheck,
    key: keyOfCheck({ type: taskCheck, settings: { definitionRef } }),
    sentence,
    fields: { ...fields, ...timeoutField(timeout) },
    fieldsOf: (settings, minutes) => ({ ...fieldsOf(inputsOf(settings)), timeout: timeoutText(minutes) }),
    settings: (found) => ({
      displayName,
      definitionRef,
      retryInterval,
      ...found,
      inputs: { ...inputsOf(found), ...inputs },
    }),
    timeout,
  };
}

function lockCheck(): WantedCheck {
  return {
    name: 'exclusiveLock',
    type: exclusiveLock,
    key: keyOfCheck({ type: exclusiveLock }),
    sentence: 'Only one run at a time uses the environment.',
    fields: {},
    fieldsOf: () => ({}),
    settings: (found) => found,
    timeout: undefined,
  };
}

function timeoutField(minutes: number | undefined): JsonMap {
  return minutes === undefined ? {} : { timeout: timeoutText(minutes) };
}

/** In minutes; new checks have the longest if the document has none. */
export function timeoutToWrite({ timeout }: WantedCheck, found: number | undefined): number {
  return timeout ?? found ?? longestTimeout;
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** `true` of a task's inputs is a text. */
function isTrue(value: Json | undefined): boolean {
  return value === true || /^true$/i.test(textOf(value));
}

function listIn(value: Json | undefined): string[] {
  return textOf(value)
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
