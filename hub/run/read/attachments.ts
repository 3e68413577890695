/** Where the content of an attachment is. */
export interface AttachmentId {
  readonly timelineId: string;
  /** Of the step that attached it. */
  readonly recordId: string;
  readonly name: string;
}

const guid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const contentPath = new RegExp(`/builds/\\d+/(${guid})/(${guid})/attachments/[^/]+/[^/]+$`, 'i');

/**
 * The attachments of the answer of `builds/{id}/attachments/{type}`. It has the ids only in the address of the content,
 * which is not requested as it is: the token is for the organization alone.
 */
export function readAttachmentList(answer: unknown): readonly AttachmentId[] {
  const { value } = answer as { readonly value?: unknown };
  if (!Array.isArray(value)) throw new Error('Azure DevOps did not answer with a list of attachments.');
  return value.flatMap((attachment: unknown) => {
    const { name, _links: links } = attachment as {
      readonly name?: unknown;
      readonly _links?: { readonly self?: { readonly href?: unknown } };
    };
    const href = links?.self?.href;
    if (typeof name !== 'string' || typeof href !== 'string' || !URL.canParse(href)) return [];
    const [, timelineId, recordId] = contentPath.exec(new URL(href).pathname) ?? [];
    if (timelineId === undefined || recordId === undefined) return [];
    return [{ timelineId: timelineId.toLowerCase(), recordId: recordId.toLowerCase(), name }];
  });
}

export function attachmentKey({ timelineId, recordId, name }: AttachmentId): string {
  return `${timelineId}/${recordId}/${name}`;
}
