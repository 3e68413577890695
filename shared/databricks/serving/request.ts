import type { Context } from '../../agent/context';
import type { JsonMap } from '../../json';
import type { SmokeTest } from '../../smokeTest/runSmokeTest';
import type { ServingEndpointsApi } from '../api/servingEndpoints';
import type { OpenWorkspace } from '../connect';
import type { Wanted } from './traffic/served';
import type { Strategy } from './traffic/shares';

export type ResultState =
  'Deployed' | 'Unchanged' | 'Canary' | 'Promoted' | 'Rejected' | 'RolledBack' | 'Failed' | 'Superseded' | 'Deleted';

/** What is known of an endpoint while it is deployed; each fact is reported as soon as it is known. */
export interface EndpointFacts {
  readonly scoringUri: string;
  /** The page of the endpoint in the workspace. */
  readonly endpointUrl: string;
  readonly servedEntity: string;
  readonly modelVersion: string;
  /** The version that most requests get. */
  readonly servedVersion: string;
  readonly previousVersion: string;
  readonly rolledBack: 'true' | 'false';
  readonly resultState: ResultState;
}

export type OnFacts = (facts: Partial<EndpointFacts>) => void;

export interface EndpointDeployment {
  readonly wanted: Wanted;
  readonly strategy: Strategy;
  /** The sample and its answer; undefined to test nothing but the deployment itself. */
  readonly smoke: SmokeTest | undefined;
  /** `rollback`: the new version is removed; `delete`: so is an endpoint that serves nothing else; `leave`: it stays, without traffic. */
  readonly onFailure: 'rollback' | 'leave' | 'delete';
  /** Whether an endpoint that was not created by this product may be changed. */
  readonly adopt: boolean;
  readonly extras: EndpointExtras;
}

/** What an endpoint has beside its config. */
export interface EndpointExtras {
  readonly tags: Readonly<Record<string, string>>;
  readonly aiGateway: JsonMap | undefined;
  readonly notifications: JsonMap | undefined;
  /** What can be set only when the endpoint is created: its description and others. */
  readonly ofCreation: JsonMap;
}

/** What the steps of the work on one endpoint share. */
export interface EndpointWork {
  readonly workspace: OpenWorkspace;
  readonly api: ServingEndpointsApi;
  readonly name: string;
  readonly context: Context;
  readonly onFacts: OnFacts;
}
