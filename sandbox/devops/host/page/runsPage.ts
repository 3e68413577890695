import { linkTo } from './chrome';
import { element, elementOf } from './element';
import { askRest } from './restClient';
import type { HostSession } from '../session';

interface ListedBuild {
  readonly id: number;
  readonly buildNumber: string;
  readonly status: string;
  readonly result?: string;
  readonly definition: { readonly name: string };
}

/** The runs of the project, newest first, each with a link to its page. */
export async function showRuns({ organization, project, pageToken: token }: HostSession): Promise<void> {
  const url = `${organization.url}${project.id}/_apis/build/builds?queryOrder=queueTimeDescending&$top=100`;
  const { value } = (await askRest(url, { version: '7.1', token })) as { readonly value: readonly ListedBuild[] };
  const rows = value.map(({ id, buildNumber, status, result, definition }) =>
    element(
      'tr',
      {},
      element('td', {}, element('a', { href: linkTo({ page: 'run', build: String(id) }) }, `#${buildNumber}`)),
      element('td', {}, definition.name),
      element('td', {}, result ?? status),
    ),
  );
  const heading = ['Run', 'Pipeline', 'Result'].map((text) => element('th', { scope: 'col' }, text));
  const table = element(
    'table',
    {},
    element('thead', {}, element('tr', {}, ...heading)),
    element('tbody', {}, ...rows),
  );
  const content = rows.length === 0 ? element('p', {}, 'No pipeline has run in this project.') : table;
  elementOf('content', 'div').append(element('main', { class: 'runs' }, element('h1', {}, 'Runs'), content));
}
