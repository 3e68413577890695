import { listOf, location, type DevopsRequest, type Reply } from '../../rest/route';
import type { Router } from '../../rest/router';
import { attachmentNotFound } from '../buildErrors';
import type { Attachment } from '../running/pipelineRunner';
import { find } from './buildRoutes';
import type { TimelineRecord } from './timeline';

/**
 * What steps attached to a run.
 * https://learn.microsoft.com/rest/api/azure/devops/build/attachments
 */
export function addAttachmentRoutes(router: Router): void {
  const builds = '{project}/_apis/{area}/builds/{buildId}';
  const version = [2, '4.1', '7.2', '7.1'] as const;
  const scopes = { GET: 'vso.build' };
  const list = `${builds}/{resource}/{type}`;
  const one = `${builds}/{timelineId}/{recordId}/{resource}/{type}/{name}`;
  router.add({
    location: location('f2192269-89fa-4f94-baf6-8fb128c55159', 'build', 'attachments', list, version),
    handlers: { GET: readList },
    scopes,
  });
  router.add({
    location: location('af5122d3-3438-485e-a25a-2dbbfde84ee6', 'build', 'attachments', one, version),
    handlers: { GET: readContent },
    scopes,
  });
}

/** Those of one type, of all steps. */
function readList(request: DevopsRequest): Reply {
  const { organization, parameters } = request;
  const build = find(request);
  const type = parameters['type'] ?? '';
  const home = organization.url(`${build.projectId}/_apis/build/builds/${build.id}`);
  const linkTo = (record: TimelineRecord, attachment: Attachment): string => {
    const names = [attachment.type, attachment.name].map(encodeURIComponent).join('/');
    return `${home}/${build.planId}/${record.id}/attachments/${names}`;
  };
  return listOf(
    build.records.flatMap((record) =>
      record.attachments
        .filter((attachment) => isSame(attachment.type, type))
        .map((attachment) => ({ _links: { self: { href: linkTo(record, attachment) } }, name: attachment.name })),
    ),
  );
}

function readContent(request: DevopsRequest): Reply {
  const build = find(request);
  const { timelineId = '', recordId = '', type = '', name = '' } = request.parameters;
  const record = isSame(timelineId, build.planId) ? build.records.find(({ id }) => isSame(id, recordId)) : undefined;
  // A name that is attached again replaces the one before it.
  const found = record?.attachments.findLast((each) => isSame(each.type, type) && isSame(each.name, name));
  if (!found) throw attachmentNotFound(name, build.id);
  return { status: 200, raw: { contentType: 'application/octet-stream', bytes: found.content } };
}

const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
