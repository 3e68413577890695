import type { ArmError } from '../../armError';
import { inferencingRefusal, refusal } from '../mlError';

export const endpointNotCreated = (location: string, name: string): ArmError =>
  inferencingRefusal(location, {
    '': [`Specified endpoint [${name}] has not been created successfully. Please recreate the endpoint.`],
  });

export const endpointUnusable = (location: string): ArmError =>
  inferencingRefusal(location, {
    '': [
      'This endpoint has not been created successfully or is in deleting provisioning state. Please recreate endpoint and then try again to create deployment.',
    ],
  });

export const endpointBusy = (location: string, name: string, state: string, what: string): ArmError =>
  inferencingRefusal(
    location,
    { '': [`Cannot ${what} endpoint ${name} because it is in ${state} provisioning state`] },
    { status: 409 },
  );

export const nameTaken = (location: string): ArmError =>
  inferencingRefusal(location, {
    Name: [
      'There is already an endpoint with this name, Endpoint name needs to be unique within a region. Try some other name.',
    ],
  });

export const endpointQuotaReached = (location: string, subscriptionId: string, used: number, limit: number): ArmError =>
  inferencingRefusal(location, {
    '': [
      `Endpoint Quota reached for subscription ${subscriptionId}. Current usage/limit: ${used}/${limit}. Please clean up existing endpoints and try again`,
    ],
  });

export const computeInvalid = (location: string, message: string): ArmError =>
  refusal(400, {
    code: 'BadRequest',
    message: 'The request is invalid.',
    details: [{ code: 'InferencingClientCallFailed', message }],
    location,
  });
