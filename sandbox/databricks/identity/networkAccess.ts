import { refusedLogin } from '../apiError';

/** `ipAccessList`: the address of the sender is not on the list. `privateLink`: public access is switched off. */
export type NetworkRefusal = 'ipAccessList' | 'privateLink';

export const networkRefusals: readonly NetworkRefusal[] = ['ipAccessList', 'privateLink'];

/** Whether the network lets requests through to the workspace. */
export class NetworkAccess {
  constructor(
    private readonly workspaceId: string,
    /** Can be set and taken away at any time. */
    public refusal: NetworkRefusal | undefined,
  ) {}

  /** @throws ApiError with the texts of the service (omnigent issue 4463; databricks troubleshooting threads) */
  check(requestId: string): void {
    if (this.refusal === 'ipAccessList')
      throw refusedLogin(
        403,
        `Source IP address: 127.0.0.1 is blocked by Databricks IP ACL for workspace: ${this.workspaceId} [ReqId: ${requestId}]`,
      );
    if (this.refusal === 'privateLink')
      throw refusedLogin(403, `Unauthorized network access to workspace: ${this.workspaceId}`);
  }
}
