import { exception } from '../organizationError';

const policyServer = 'Microsoft.TeamFoundation.Policy.Server';

export const policyNotFound = (id: string) =>
  exception(
    404,
    `${policyServer}.PolicyConfigurationNotFoundException`,
    `The policy configuration with ID '${id}' does not exist.`,
  );

/** The text is from terraform-provider-azuredevops issue 288. */
export const policyRevisionNotFound = (id: number, revision: number) =>
  exception(
    404,
    `${policyServer}.PolicyConfigurationNotFoundException`,
    `The policy configuration with ID '${id}' and revision '${revision}' does not exist.`,
  );

export const policyTypeNotFound = (id: string) =>
  exception(404, `${policyServer}.PolicyTypeNotFoundException`, `The policy type with ID '${id}' does not exist.`);

export const policyInvalid = (message: string) =>
  exception(400, `${policyServer}.InvalidPolicyConfigurationException`, message);

export const evaluationNotFound = (id: string) =>
  exception(
    404,
    `${policyServer}.PolicyEvaluationRecordNotFoundException`,
    `The policy evaluation with ID '${id}' does not exist.`,
  );
