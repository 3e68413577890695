import { ArmError } from '../armError';

/** An error of AKS itself: it doesn't wrap its errors as Resource Manager does. */
export class ClusterError extends ArmError {
  constructor(status: number, code: string, message: string) {
    super(status, code, message, {
      body: JSON.stringify({ code, details: null, message, subcode: '' }),
    });
  }
}

export const localAccountsDisabled = () =>
  new ClusterError(
    400,
    'BadRequest',
    'Getting static credential is not allowed because this cluster is set to disable local accounts.',
  );

export const clusterTokenMissing = () =>
  new ClusterError(
    400,
    'MissingAADClusterToken',
    'This cluster have Azure Active Directory enabled, .clusterToken is required.',
  );

export const clusterStopped = () =>
  new ClusterError(
    409,
    'OperationNotAllowed',
    'managed cluster is in Provisioning State(Succeeded) and Power State(Stopped), run command cannot be performed',
  );

export const clusterBusy = (provisioningState: string) =>
  new ClusterError(
    409,
    'OperationNotAllowed',
    `Operation is not allowed: Another operation (${provisioningState}) is in progress, please wait for it to finish before starting a new operation. See https://aka.ms/aks-pending-operation for more details`,
  );

export const badRequest = (message: string) => new ClusterError(400, 'BadRequest', message);
