import type { OrganizationClient } from '../../local/organization/organizationClient';

interface Build {
  readonly id: number;
  readonly status: string;
  readonly definition: { readonly name: string };
  readonly validationResults?: readonly { readonly message: string }[];
}

interface TimelineRecord {
  readonly type: string;
  readonly state: string;
  readonly issues?: readonly { readonly message: string }[];
}

const pauseMilliseconds = 100;

/** A run of a pipeline that has ended. */
export interface EndedRun {
  readonly id: number;
  readonly pipeline: string;
  /** Why it could not start. */
  readonly problems: readonly string[];
}

/**
 * Queues a run, and waits for its end and for that of all runs that it starts. Approves what asks for an approval; a run
 * that lacks a permission is canceled, after `note` was told which.
 */
export async function runPipelines(
  client: OrganizationClient,
  definitionId: number,
  templateParameters: object,
  { signal, note }: { readonly signal: AbortSignal; readonly note: (text: string) => void },
): Promise<readonly EndedRun[]> {
  const queued = await client.send<Build>('POST', '_apis/build/builds', {
    definition: { id: definitionId },
    templateParameters,
  });
  for (;;) {
    const { value: all } = await client.send<{ value: Build[] }>('GET', '_apis/build/builds');
    const builds = all.filter(({ id }) => id >= queued.id).sort((a, b) => a.id - b.id);
    const open = builds.filter(({ status }) => status !== 'completed');
    if (open.length === 0)
      return builds.map(({ id, definition, validationResults = [] }) => ({
        id,
        pipeline: definition.name,
        problems: validationResults.map(({ message }) => message),
      }));
    await approve(client);
    for (const { id, status } of open.filter(({ status }) => status !== 'cancelling')) {
      const missing = signal.aborted ? [] : await missingPermissions(client, id);
      for (const text of missing) note(text);
      if ((signal.aborted || missing.length > 0) && status !== 'cancelling')
        await client.send('PATCH', `_apis/build/builds/${id}`, { status: 'cancelling' });
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMilliseconds));
  }
}

async function approve(client: OrganizationClient): Promise<void> {
  const pending = await client.send<{ value: { id: string }[] }>('GET', '_apis/pipelines/approvals?state=pending');
  const decisions = pending.value.map(({ id }) => ({
    approvalId: id,
    status: 'approved',
    comment: 'Approved by npm start',
  }));
  if (decisions.length > 0) await client.send('PATCH', '_apis/pipelines/approvals', decisions);
}

/** What the service says of a run that waits for the permission to use a resource. */
async function missingPermissions(client: OrganizationClient, id: number): Promise<readonly string[]> {
  const { records } = await client.send<{ records: TimelineRecord[] }>('GET', `_apis/build/builds/${id}/timeline`);
  return records
    .filter(({ type, state }) => type === 'Checkpoint.Authorization' && state === 'inProgress')
    .flatMap(({ issues = [] }) => issues.map(({ message }) => message));
}
